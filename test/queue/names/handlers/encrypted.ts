import { defineHandler } from 'brinemq'
import { fail, namesQueue } from '../contract.ts'

export default defineHandler(namesQueue('encrypted'), 'anything', (how, { progress }) => fail(how, progress))
