import { z } from 'zod'
import { defineModel } from '../../../src/model/define-model.ts'
import { bodies } from './hostile.ts'

/** Of version 3, and reads from 2 on. */
export class Versioned {
  constructor(readonly value: string) {}
}

export const malformedModels = [
  defineModel(Versioned, {
    tag: 'versioned',
    version: 3,
    fields: z.object({ value: z.string() }),
    decode: ({ value }) => new Versioned(value),
    upcast: {
      2: (fields: { old: string }) => ({ value: fields.old.toUpperCase() }),
    },
    aliases: ['formerly'],
  }),
]

/** Texts that name models, and hold what those would never have written. */
export const models = [
  ...bodies('TEXT_INVALID', [
    ...[
      '[["person@1"]]',
      '[["person@1","name"]]',
      '[["person@1",null]]',
      '[["person@1",5]]',
      '[["person@1",1,1],{}]',
      '[["person@1",{}]]',
    ],
    ...['[["person@1",-2]]', '[["person@1",-7]]', '[["person@1",[]]]'],
    // Two tags on one payload, and payloads that are each other.
    '[[1,2],["person@1",3],["person@1",3],{"name":4,"age":5},"John",20]',
    '[[1,2],["person@1",3],["point@1",3],{"name":4,"age":5},"John",20]',
    '[[1,2],["person@1",3],["Error",3],{"message":4},"John"]',
    '[[1,2],["Error",3],["person@1",3],{"message":4},"John"]',
    '[["stack@1",0]]',
    '[["stack@1",1],["stack@1",0]]',
    '[["account@1",0]]',
    '[[1,2],["stack@1",2],["bag@1",1]]',
  ]),
  ...bodies('FIELDS_INVALID', [
    ...[
      '[["person@1",1],"John"]',
      '[["person@1",1],[]]',
      '[["person@1",1],{}]',
      '[["person@1",1],null]',
      '[["person@1",-1]]',
      '[["person@1",-3]]',
    ],
    ...[
      '[["person@1",1],["Map"]]',
      '[["person@1",1],["Date",""]]',
      '[["person@1",1],["BigInt","1"]]',
      '[["person@1",1],["Error",2],{}]',
    ],
    ...['[["person@1",1],{"name":2,"age":2},"John"]', '[["person@1",1],{"name":2,"age":3},"John",null]'],
    ...[
      '[["bag@1",1],{}]',
      '[["bag@1",1],["Map",2,2],"x"]',
      '[["stack@1",1],["Set"]]',
      '[["samples@1",1],["Uint8Array",2],["ArrayBuffer",""]]',
    ],
    ...[
      '[["money@1",1],{"cents":2,"currency":3},1,"EUR"]',
      '[["id@1",1],5]',
      '[["id@1",1],{}]',
      '[["account@1",1],{"balance":2,"owner":-1},{}]',
    ],
    ...[
      '[["team@1",1],{"lead":2,"members":3,"at":4},{},[],["point@1",5],{"x":6,"y":6},1]',
      '[["versioned@3",1],{"value":2},5]',
    ],
    // An object of the right fields, but of no prototype or of another class, is not the fields.
    '[["payment-failed@1",1],{"message":2,"orderId":2,"declined":3,"name":4},"x",true,"Other"]',
  ]),
  ...bodies('EXTRA_PROPERTY', [
    '[["person@1",1],["point@1",2],{"x":3,"y":3},1]',
    '[["person@1",1],{"name":2,"age":3,"admin":4},"John",20,true]',
    '[["point@1",1],{"x":2,"y":2,"constructor":2},1]',
    '[["point@1",1],{"x":2,"y":2,"toString":2},1]',
    '[["point@1",1],{"x":2,"y":2,"length":2},1]',
    '[["guarded@1",1],{"level":2,"assigned":2},1]',
    '[["payment-failed@1",1],{"message":2,"orderId":2,"declined":3,"name":4,"stack":2},"x",true,"PaymentFailed"]',
    '[["person@1",1],["null","name",2,"age",3,"x",3],"John",20]',
  ]),
  ...bodies('CYCLE_THROUGH_DECODE', [
    '[["knot@1",1],{"label":2,"next":0},1]',
    '[["knot@1",1],{"label":2,"next":3},1,[0]]',
    '[["knot@1",1],{"label":2,"next":3},1,["link@1",4],{"label":2,"next":0}]',
    '[[1],["knot@1",2],{"label":3,"next":0},1]',
    '[["Map",1,1],["knot@1",2],{"label":3,"next":0},1]',
    '[["tags@1",0]]',
    '[["tags@1",1],[0]]',
    '[["id@1",0]]',
  ]),
  ...bodies('VERSION_NEWER', [
    '[["person@2",1],{}]',
    '[["person@999999999",1],{}]',
    '[["versioned@4",1],{}]',
    '[["formerly@4",1],{}]',
  ]),
  ...bodies('VERSION_OLDER', ['[["versioned@1",1],{}]', '[["formerly@1",1],{}]']),
  ...bodies('UPCAST_FAILED', ['[["versioned@2",1],{}]', '[["versioned@2",-1]]', '[["formerly@2",1],{"old":2},5]']),
]
