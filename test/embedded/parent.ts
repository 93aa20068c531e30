import { startEmbedded } from 'brinemq/embedded'

// A process that owns a server: it stays up, or forgets the server and ends by itself.
const { url } = await startEmbedded()
console.log(url)
if (process.argv[2] === 'stay') {
  setInterval(() => {}, 60_000)
  process.on('SIGINT', () => console.log('SIGINT'))
}
