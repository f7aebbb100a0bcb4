import { Type } from 'typebox';

export const Todo = Type.Object({ id: Type.Integer(), title: Type.String({ minLength: 1 }) });
export const NewTodo = Type.Pick(Todo, ['title']);
