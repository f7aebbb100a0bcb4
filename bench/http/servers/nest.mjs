import 'reflect-metadata';
import {
  Body,
  Controller,
  Dependencies,
  ForbiddenException,
  Get,
  HttpCode,
  Module,
  Param,
  Post,
  Query,
  UnauthorizedException,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { bearer, hasScope, secret } from '../token.mjs';
import { importItems, maxBodyBytes, placeOrder, readThing, readUser, sayHello, thingCount } from '../work.mjs';
import { ImportDto, OrderDto, ThingParamsDto, UserParamsDto, UserQueryDto } from './nest-classes.mjs';

/** NestJS on Fastify: classes with `class-validator`, the `ValidationPipe`, a guard with `@nestjs/jwt`. */
export async function start(port) {
  // Decorators by hand: this file is not compiled. Nest sees the same metadata.
  class TokenGuard {
    constructor(jwt) {
      this.jwt = jwt;
    }

    async canActivate(context) {
      const request = context.switchToHttp().getRequest();
      const token = bearer(request.headers.authorization);
      if (!token) throw new UnauthorizedException();
      const claims = await this.jwt.verifyAsync(token).catch(() => undefined);
      if (!claims) throw new UnauthorizedException();
      if (!hasScope(claims)) throw new ForbiddenException();
      return true;
    }
  }
  Dependencies(JwtService)(TokenGuard);

  class BenchController {
    hello() {
      return sayHello();
    }

    user(params, query) {
      return readUser(params.id, query.limit);
    }

    secured(params, query) {
      return readUser(params.id, query.limit);
    }

    order(body) {
      return placeOrder(body);
    }

    import(body) {
      return importItems(body);
    }
  }
  Controller()(BenchController);
  decorate(BenchController, 'hello', [], Get('/hello'));
  const user = [argument(Param(), UserParamsDto), argument(Query(), UserQueryDto)];
  decorate(BenchController, 'user', user, Get('/users/:id'));
  decorate(BenchController, 'secured', user, Get('/secured/users/:id'), UseGuards(TokenGuard));
  decorate(BenchController, 'order', [argument(Body(), OrderDto)], Post('/orders'));
  const pipe = ImportDto.pipe();
  decorate(BenchController, 'import', [argument(Body(pipe), Array)], Post('/imports'), HttpCode(200));
  for (let thing = 0; thing < thingCount; thing++) {
    BenchController.prototype[`thing${thing}`] = (params) => readThing(thing, params.id);
    decorate(BenchController, `thing${thing}`, [argument(Param(), ThingParamsDto)], Get(`/things${thing}/:id`));
  }

  class BenchModule {}
  const jwt = JwtModule.register({ secret, verifyOptions: { algorithms: ['HS256'] } });
  Module({ imports: [jwt], controllers: [BenchController], providers: [TokenGuard] })(BenchModule);

  const adapter = new FastifyAdapter({ bodyLimit: maxBodyBytes });
  const app = await NestFactory.create(BenchModule, adapter, { logger: false });
  app.useGlobalPipes(new ValidationPipe({ transform: true }));
  await app.listen(port, '127.0.0.1');
}

function argument(decorator, type) {
  return { decorator, type };
}

function decorate(owner, name, parameters, ...decorators) {
  const { prototype } = owner;
  const types = parameters.map(({ type }) => type);
  Reflect.defineMetadata('design:paramtypes', types, prototype, name);
  for (const [index, { decorator }] of parameters.entries()) decorator(prototype, name, index);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  for (const decorator of decorators) decorator(prototype, name, descriptor);
}
