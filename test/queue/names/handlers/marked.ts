import { defineHandler } from '../../../../src/worker/define-handler.ts'
import { fail, namesQueue } from '../contract.ts'

export default defineHandler(namesQueue('marked'), 'anything', (how, { progress }) => fail(how, progress))
