// For CommonJS where TypeScript does not let it import the ES modules of `typebox`: fusio has its `Type`.
import { Type } from 'fusio';

export const Todo = Type.Object({ id: Type.Integer(), title: Type.String({ minLength: 1 }) });
export const NewTodo = Type.Pick(Todo, ['title']);
