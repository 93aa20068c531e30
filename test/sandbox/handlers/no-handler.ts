export default () => 'a function, and not what defineHandler gives'
