/** What follows a queue's name in the name of its quarantine: a BullMQ queue of its own, which every tool shows. */
export const suffix = '-quarantine'
