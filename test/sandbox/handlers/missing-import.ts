await import(`./${'nothing'}.ts`)

export default () => {}
