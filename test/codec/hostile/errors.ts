import { bodies, entries, type Hostile, harmless, repeat } from './hostile.ts'

const own = (fields: string, rest: string) => `[["Error",1],{"message":3,"own":2},{${fields}},${rest}]`

/** Errors, which are made to be printed: what they hold is asked for by whoever prints them. */
export const errors: Hostile[] = [
  ...harmless([
    ['a stack that is a number', '[["Error",1],{"stack":2},7]'],
    ['a stack among what it shows', own('"stack":4', '"x",7')],
    ['a message among what it shows', own('"message":4', '"x",7')],
    ['a name that is an object', own('"name":4', '"x",{}')],
    ['a name that is the error', own('"name":0', '"x"')],
    ['a message that is no text', '[["Error",1],{"message":2},["Set"]]'],
    ['a message that is the error', '[["Error",1],{"message":0}]'],
    ['a stack that is the error', '[["Error",1],{"stack":0}]'],
    ['a cause that is the error', '[["Error",1],{"cause":0}]'],
    ['causes in a ring', '[["Error",1],{"cause":2},["TypeError",3],{"cause":0}]'],
    ['errors that are the error', '[["AggregateError",1],{"errors":2},[0,0]]'],
    ['a cause that is a Map of the error', '[["Error",1],{"cause":2},["Map",0,0]]'],
    ['a name that is a long text', own('"name":4', `"x","${repeat('n', 500_000)}"`)],
    ['a message of many lines', `[["Error",1],{"message":2},"${repeat('\\n    at eval (hunter2-0451:1:1)', 20_000)}"]`],
    ['a stack of half a mebibyte', `[["Error",1],{"stack":2},"${repeat('    at x (y:1:1)\\n', 30_000)}"]`],
    ['toString that is data', own('"toString":4', '"x",7')],
    ['toJSON that is data', own('"toJSON":4', '"x",{}')],
    ['then that is data', own('"then":4', '"x",{}')],
    ['inspect that is data', own('"inspect":4,"constructor":4', '"x",{}')],
    ['errors that are no list', '[["AggregateError",1],{"errors":2},7]'],
    ['49,000 errors of one', `[["AggregateError",1],{"errors":2},[${repeat('3,', 49_000)}3],["Error",4],{}]`],
    ['a code of nobody', own('"code":4', '"x","hunter2-0451"')],
    [
      'a BrineError that says what it likes',
      '[["BrineError",1],{"message":2,"own":3},"hunter2-0451",{"code":4},"TEXT_INVALID"]',
    ],
    [
      'a BrineError whose path is an object',
      '[["BrineError",1],{"own":2},{"code":3,"path":4,"job":4},"TEXT_INVALID",{}]',
    ],
    ['what it has, which is its record', '[["Error",1],{"own":1}]'],
    ['its record beside it', '[[1,2],["Error",2],{"message":3},"x"]'],
    ['a DOMException of any name', '[["DOMException","hunter2-0451","hunter2-0451"]]'],
    [
      '20,000 errors',
      `[[${entries(0, 19_999, (at) => `${2 * at + 1}`)}],${entries(0, 19_999, () => '["Error",REF],{}')}]`.replace(
        /REF/g,
        counter(),
      ),
    ],
  ]),
  ...harmless([
    ['an instance that is its own cause', '[["declined@1",1,2],{"reason":3},{"cause":0},"x"]'],
    [
      'beside its fields what it has among them',
      '[["payment-failed@1",1,2],{"message":3,"orderId":3,"declined":4,"name":5},{"message":6},"x",true,"PaymentFailed","y"]',
    ],
    [
      'a list of what was left out that is long',
      `[["declined@1",1,2],{"reason":3},{"omitted":4},"x",[${repeat('3,', 40_000)}3]]`,
    ],
    ['nothing beside its fields', '[["declined@1",1,2],{"reason":3},{},"x"]'],
  ]),
  ...bodies('TEXT_INVALID', [
    [
      'beside the fields of an instance what errors do not have',
      '[["declined@1",1,2],{"reason":3},{"then":3},"x"]',
      '$',
    ],
    ['beside the fields of an instance its own method', '[["declined@1",1,2],{"reason":3},{"toString":3},"x"]', '$'],
    [
      'beside the fields of an instance a message that is no text',
      '[["declined@1",1,2],{"reason":3},{"message":4},"x",{}]',
      '$',
    ],
    [
      'beside the fields of an instance errors of one that has none',
      '[["declined@1",1,2],{"reason":3},{"errors":4},"x",[]]',
      '$',
    ],
    [
      'beside the fields of an instance a list of no paths',
      '[["declined@1",1,2],{"reason":3},{"omitted":4},"x",[1]]',
      '$',
    ],
    ['beside the fields of what is no error', '[["point@1",1,2],{"x":3,"y":3},{"cause":3},1]', '$'],
    ['beside the fields of an instance a list', '[["declined@1",1,2],{"reason":3},[],"x"]', '$'],
    ['beside the fields of an instance its fields', '[["declined@1",1,1],{"reason":2},"x"]', '$'],
    ['beside the fields of an instance nothing that is there', '[["declined@1",1,9],{"reason":2},"x"]', '$'],
    ['beside the fields of an instance undefined', '[["declined@1",1,-1],{"reason":2},"x"]', '$'],
    ['more beside the fields of an instance', '[["declined@1",1,2,3],{"reason":4},{},{},"x"]', '$'],
    ['beside the record of an error', '[["Error",1,2],{"message":3},{},"x"]', '$'],
    ['a BrineError of no code', '[["BrineError",1],{"message":2},"hunter2-0451"]', '$'],
    ['a BrineError whose code is a list', '[["BrineError",1],{"own":2},{"code":3},[4],"TEXT_INVALID"]', '$'],
    ['a BrineError whose code is inherited', '[["BrineError",1],{"own":2},{"code":3},"constructor"]', '$'],
    ['two errors of one record', '[[1,2],["Error",3],["TypeError",3],{}]', '$[1]'],
    ['an error that is its own record', '[["Error",0]]', '$'],
    ['an error whose record stands before it', '[[1,2],{},["Error",1]]', '$[1]'],
    ['an error whose own fields are an error', '[["Error",1],{"own":2},["Error",3],{}]'],
    ['an error whose own fields are an instance', '[["Error",1],{"own":2},["point@1",3],{"x":4,"y":4},1]'],
    ['an error of a record of records', '[["Error",1],{"own":2,"hidden":2},{}]', '$'],
  ]),
]

function counter(): () => string {
  let at = 0
  return () => {
    at += 2
    return String(at)
  }
}
