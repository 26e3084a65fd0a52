package consent

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// buttons are those of a box.
func buttons(labels ...string) (out []button) {
	for _, l := range labels {
		out = append(out, button{Text: l})
	}
	return out
}

func TestOnlyWhatAsksForConsentIsAConsentDialog(t *testing.T) {
	for name, c := range map[string]struct {
		box  box
		asks bool
	}{
		"cookie bar":                {box{Text: "we use cookies to make this site better. privacy policy ok", Links: []string{"privacy policy"}, Buttons: buttons("ok")}, true},
		"the word in a link alone":  {box{Text: "by using this site you accept our cookie policy got it", Links: []string{"cookie policy"}, Buttons: buttons("got it")}, true},
		"we value your privacy":     {box{Text: "we value your privacy accept all reject all", Buttons: buttons("accept all", "reject all")}, true},
		"privacy, with a choice":    {box{Text: "privacy we process data with partners accept manage options", Buttons: buttons("accept", "manage options")}, true},
		"TCF, with places":          {box{Text: "we and our 812 partners store and/or access information on a device, such as cookies, and use your location and precise data for advertising and to notify you agree disagree", Buttons: buttons("agree", "disagree")}, true},
		"pay or consent":            {box{Text: "lesen sie mit werbung und cookies oder im abo ohne tracker. jetzt abonnieren 10 % rabatt akzeptieren", Buttons: buttons("akzeptieren", "jetzt abonnieren")}, true},
		"with a field to search in": {box{Text: "your consent choices. search vendors. accept all reject all", Buttons: buttons("accept all", "reject all")}, true},
		"Datenschutz":               {box{Text: "datenschutz-einstellungen wir benötigen ihre zustimmung alle akzeptieren ablehnen", Buttons: buttons("alle akzeptieren", "ablehnen")}, true},
		"vie privée":                {box{Text: "nous respectons votre vie privée tout accepter tout refuser", Buttons: buttons("tout accepter", "tout refuser")}, true},
		"クッキー":                      {box{Text: "このサイトはクッキーを使用します 同意する", Buttons: buttons("同意する")}, true},

		"notifications":                 {box{Text: "shop would like to send you notifications about news. privacy policy allow no thanks", Links: []string{"privacy policy"}, Buttons: buttons("allow", "no thanks")}, false},
		"notifications, not a link":     {box{Text: "get notified of offers. you can withdraw at any time, see privacy. allow later", Buttons: buttons("allow", "later")}, false},
		"benachrichtigungen":            {box{Text: "benachrichtigungen erlauben? es gilt unser datenschutz. erlauben ablehnen", Buttons: buttons("erlauben", "ablehnen")}, false},
		"notificaciones":                {box{Text: "¿quieres recibir notificaciones? política de privacidad aceptar rechazar", Links: []string{"política de privacidad"}, Buttons: buttons("aceptar", "rechazar")}, false},
		"newsletter":                    {box{Text: "10% off your first order. i consent to get e-mails, see our privacy policy. no thanks continue", Links: []string{"privacy policy"}, Fields: 1, Buttons: buttons("no thanks", "continue")}, false},
		"newsletter that names cookies": {box{Text: "sign up for our newsletter. this site uses cookies. no, thanks ok", Fields: 1, Buttons: buttons("no, thanks", "ok")}, false},
		"newsletter without a field":    {box{Text: "subscribe to our newsletter and accept our privacy policy accept no thanks", Buttons: buttons("accept", "no thanks")}, false},
		"where somebody is":             {box{Text: "allow us to use your location to find shops. privacy. allow deny", Buttons: buttons("allow", "deny")}, false},
		"age":                           {box{Text: "are you over 18? see our privacy notice. yes no", Buttons: buttons("yes", "no")}, false},
		"terms of use":                  {box{Text: "by going on you agree to our terms of use and privacy policy. continue decline", Buttons: buttons("continue", "decline")}, false},
		"a new privacy policy":          {box{Text: "we have updated our privacy policy got it", Buttons: buttons("got it")}, false},
		"survey":                        {box{Text: "take part in a survey? your privacy is safe. ok no thanks", Buttons: buttons("ok", "no thanks")}, false},
		"order tracking":                {box{Text: "track your order: tracking number 12 ok", Buttons: buttons("ok")}, false},
	} {
		assert.Equal(t, c.asks, c.box.asks(), name)
	}
}
