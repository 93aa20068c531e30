export * from 'bullmq'
