import { ParseArrayPipe } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

// The rules of ../schemas.mjs in the words of class-validator.

const toNumber = Type(() => Number);

export class UserParamsDto {}
define(UserParamsDto, { id: [toNumber, IsInt(), Min(1), Max(1_000_000)] });

export class UserQueryDto {}
define(UserQueryDto, { limit: [IsOptional(), toNumber, IsInt(), Min(1), Max(100)] });

export class ThingParamsDto {}
define(ThingParamsDto, { id: [toNumber, IsInt(), Min(1), Max(1_000_000)] });

class AddressDto {}
define(AddressDto, { street: text(), city: text(), postcode: text(), country: [IsString(), Length(2, 2)] });

class CustomerDto {}
define(CustomerDto, { name: text(), email: text(), address: nested(AddressDto) });

class OrderItemDto {}
define(OrderItemDto, {
  sku: text(),
  title: text(),
  quantity: [IsInt(), Min(1), Max(1000)],
  price: [IsInt(), Min(0)],
  gift: [IsBoolean()],
});

export class OrderDto {}
define(OrderDto, {
  customer: nested(CustomerDto),
  currency: [IsString(), Length(3, 3)],
  items: [IsArray(), ArrayMinSize(1), ArrayMaxSize(100), Type(() => OrderItemDto), ValidateNested({ each: true })],
  note: [IsString(), MaxLength(500)],
});

class ImportItemDto {}
define(ImportItemDto, {
  sku: text(),
  quantity: [IsInt(), Min(1), Max(1000)],
  price: [IsInt(), Min(0)],
  note: text(),
});

/** A body that is an array has no class: Nest's own pipe for arrays checks it. */
export const ImportDto = { pipe: () => new ParseArrayPipe({ items: ImportItemDto }) };

function text() {
  return [IsString(), Length(1, 200)];
}

function nested(type) {
  return [Type(() => type), ValidateNested()];
}

function define(owner, properties) {
  for (const [name, decorators] of Object.entries(properties)) {
    for (const decorator of decorators) decorator(owner.prototype, name);
  }
}
