package serve

type cache struct{}
