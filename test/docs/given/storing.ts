// The page has all that its example needs.
export {}
