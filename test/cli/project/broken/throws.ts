throw new Error('no shelf')

export {}
