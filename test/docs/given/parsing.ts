export { UnrecoverableError } from 'bullmq'

export declare const payload: { until: Date }
