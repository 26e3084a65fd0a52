package signal

// CategoryOf reads the name that a site has for a category or a service: "targeting_cookies", "adStorage". It is empty where the
// name tells nothing.
func CategoryOf(name string) Category { return categoryOf(name) }

// StateOf reads a word or a number by which programmers write yes and no: "granted", "optout", "1". Unknown is neither.
func StateOf(word string) State { return stateOf(word) }
