// What routes say about themselves in OpenAPI, kept until a document is made: the library for it is 600 files that no server needs.
import { applyDecorators } from '@nestjs/common';
import type * as swagger from '@nestjs/swagger';

export type Swagger = typeof swagger;
export type Description = (swagger: Swagger) => MethodDecorator | ClassDecorator;
type Decorator = ReturnType<typeof applyDecorators>;

const kept: ((swagger: Swagger) => void)[] = [];

/** Decorates a route or a controller with what `describing` will apply. */
export function Described(...descriptions: readonly Description[]): Decorator {
  return (target, property, descriptor) => {
    kept.push((swagger) => {
      applyDecorators(...descriptions.map((describe) => describe(swagger)))(target, property, descriptor);
    });
  };
}

/** The library, with everything said by `Described` applied. */
export async function describing(): Promise<Swagger> {
  const swagger = await import('@nestjs/swagger');
  for (const apply of kept.splice(0)) apply(swagger);
  return swagger;
}
