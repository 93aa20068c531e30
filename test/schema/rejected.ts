import type { Failure } from '../../src/schema/validate.ts'
import { rejection } from '../queue/people.ts'

export const failure: Failure = { code: 'PAYLOAD_INVALID', job: 'greet' }

/** What a validator threw or rejected with. */
export const rejected = (validate: () => unknown) => rejection((async () => validate())())
