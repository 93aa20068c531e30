import type { Validator } from './validate.ts'

/**
 * A validator that is worked out when it is first used. The fields of a model may refer to the model itself, or to one that
 * is defined after it, and whoever follows such a reference earlier finds nothing there.
 */
export function lateValidator(make: () => Validator): Validator {
  let made: Validator | undefined
  const validator = () => {
    made ??= make()
    return made
  }
  return {
    get start() {
      return validator().start
    },
    get stored() {
      return validator().stored
    },
    get checksMore() {
      return validator().checksMore
    },
    get readsLess() {
      return validator().readsLess
    },
    get ofStored() {
      return validator().ofStored
    },
    get parseInput() {
      return validator().parseInput
    },
    get changes() {
      return validator().changes
    },
    checkInput: (value, failure, snapshot) => validator().checkInput(value, failure, snapshot),
    checkInputSync: (value, failure) => validator().checkInputSync(value, failure),
    readOutput: (value, failure) => validator().readOutput(value, failure),
    readOutputSync: (value, failure) => validator().readOutputSync(value, failure),
  }
}
