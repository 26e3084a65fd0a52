package rule

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A token drawn by lot may happen to have few digits; a word may be long.
func TestTokensDrawnByLotOfLettersAlone(t *testing.T) {
	for _, v := range []string{"qzkvwjxhtgbfmpcdlxkq", "xkvjq7wzpbgfhtmkdcvzrq", "WQZKXJVPGHTBNMFKDCXZ"} {
		assert.True(t, random(v), v)
	}
	for _, v := range []string{"internationalization", "accounttransactionhistory", "shoppingcartoverview2page", "datenschutzbestimmungen",
		"politiquedeconfidentialite", "PRODUCTRECOMMENDATIONS", "stromversorgungsunternehmen", "abcdefgh", "rhythmandblues"} {
		assert.False(t, random(v), v)
	}
}

// A time behind letters is none if letters are mixed into it.
func TestTimesBehindLetters(t *testing.T) {
	for _, v := range []string{"uid1496444400737", "1496444400", "id_1496444400737"} {
		assert.True(t, dated(v), v)
	}
	for _, v := range []string{"izmcfodih196tk69xcbarx", "lguqxhmuioed1buytttw3f", "rfmsrp1naxofhox74d4946"} {
		assert.False(t, dated(v), v)
	}
}
