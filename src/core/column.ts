import 'reflect-metadata';

/**
 * TypeORM's decorators and what they gathered, without the rest of TypeORM: only migrations need its drivers and query
 * builders, which are 3 MB of source text that every process would keep.
 */
export { Column } from 'typeorm/decorator/columns/Column.js';
export { Entity } from 'typeorm/decorator/entity/Entity.js';
export { getMetadataArgsStorage } from 'typeorm/globals.js';
export type { ColumnOptions } from 'typeorm';
