import { defineHandler } from 'brinemq'
import { fail, namesQueue } from '../contract.ts'

export default defineHandler(namesQueue('marked'), 'anything', (how, { progress }) => fail(how, progress))
