package decode

// UsualPair reports whether two letters of ASCII, capitals or not, are one of the pairs that make up most of the running
// text of European languages; of random letters a fifth are, of words half.
func UsualPair(a, b byte) bool {
	a, b = a|0x20, b|0x20
	return a >= 'a' && a <= 'z' && b >= 'a' && b <= 'z' && usualPairs[a-'a'][b-'a']
}

var usualPairs = func() (set [26][26]bool) {
	const list = "thheineranreonatenndtiesorteofedisitalarsttontngsehaasouioleveco" +
		"medehiriroicnearaceclichllbemasiomurcaeltalansdifohopecprnoctusacotiltrlyncetutsssorsunlowageiewheewiemadolrtpowenaulnitsmoow" +
		"paimmiaishirsuidosiviaamficiviploigtuevldrympfeblabghtyopwosaayexkefrooavagifapgrodbospdoucbueiovrmepttocfaefcurnscgidacrclduga"
	for i := 0; i+1 < len(list); i += 2 {
		set[list[i]-'a'][list[i+1]-'a'] = true
	}
	return set
}()
