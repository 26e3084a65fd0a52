package visit

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestFieldsAreToldByWhatTheySay(t *testing.T) {
	for _, c := range []struct {
		f    field
		want string
	}{
		{field{Type: "text", Autocomplete: "section-a shipping email"}, "email"},
		{field{Type: "text", Name: "billing[firstName]"}, "first_name"},
		{field{Type: "text", Name: "user_phone_number"}, "phone"},
		{field{Type: "tel"}, "phone"},
		{field{Type: "text", Label: "Nom"}, "last_name"},
		{field{Type: "text", Label: "Prénom"}, "first_name"},
		{field{Type: "text", Label: "Adresse e-mail"}, "email"},
		{field{Type: "text", Label: "Correo electrónico"}, "email"},
		{field{Type: "text", Placeholder: "Indirizzo"}, "street"},
		{field{Type: "text", Label: "Código postal"}, "postcode"},
		{field{Type: "text", Label: "Miejscowość"}, "city"},
		{field{Type: "text", Label: "Data urodzenia", Name: "birth"}, "dob"},
		{field{Type: "text", Label: "Karta", Name: "cardNumber"}, "payment_card"},
		{field{Type: "text", Label: "Sicherheitscode (CVC)"}, keyCVC},
		{field{Type: "text", Label: "Ihr Name"}, "full_name"},
		{field{Type: "text", Label: "氏名"}, "full_name"},
		{field{Type: "text", Label: "電話番号", Name: "tel"}, "phone"},
		{field{Type: "text", Label: "Пароль"}, "password"},
		{field{Type: "textarea"}, keyMessage},
		{field{Type: "search"}, "search_term"},
		{field{Type: "text", Name: "captcha"}, keySkip},
		{field{Type: "text", Autocomplete: "one-time-code", Label: "E-mail code"}, keySkip},
		{field{Type: "text", Name: "x7"}, keySkip},
	} {
		assert.Equal(t, c.want, c.f.key(), "%+v", c.f)
	}
}

func TestANumberIsDealtOutToItsBoxes(t *testing.T) {
	box := func(n int, label string) field { return field{N: n, Type: "text", Label: label, Max: 4} }
	fs := fill([]field{box(0, "Card number"), box(1, ""), box(2, ""), box(3, ""), {N: 4, Type: "text", Name: "cvc", Max: 4}},
		map[string][]string{"payment_card": {"4111 1111 1111 1234"}})
	var values, wholes []string
	for _, f := range fs {
		values, wholes = append(values, f.value), append(wholes, f.whole)
	}
	assert.Equal(t, []string{"4111", "1111", "1111", "1234", "123"}, values)
	assert.Equal(t, []string{"4111111111111234", "4111111111111234", "4111111111111234", "4111111111111234", ""}, wholes)
}

func TestAWholeNameFillsItsParts(t *testing.T) {
	fs := fill([]field{{Type: "text", Autocomplete: "given-name"}, {N: 1, Type: "text", Label: "Nachname"}, {N: 2, Type: "text", Autocomplete: "name"}},
		map[string][]string{"full_name": {"Ana van der Bell"}})
	var values []string
	for _, f := range fs {
		values = append(values, f.value)
	}
	assert.Equal(t, []string{"Ana", "van der Bell", "Ana van der Bell"}, values)
}

// A form is filled again where other scripts can read it, but neither for ever nor where nothing is new.
func TestAFormIsFilledOnceForEveryScriptThatCanReadIt(t *testing.T) {
	in, fs := &Interact{}, fill([]field{{Type: "email"}}, map[string][]string{"email": {"ana@bell.example"}})
	filled, often := 0, 0
	for n := range maxForms + 10 {
		for range 4 {
			seen, tooOften := in.again("a", fmt.Sprint(n), fs)
			if tooOften {
				often++
			} else if !seen {
				filled++
			}
		}
	}
	assert.Equal(t, maxForms, filled)
	assert.Equal(t, 4*(10+maxForms-maxForms/enough), often)
	seen, tooOften := in.again("b", "0", fs)
	assert.False(t, seen || tooOften, "another visitor's")
}

func TestDataIsNoReader(t *testing.T) {
	for source, does := range map[string]bool{
		`window.__STATE__ = {"name": "new function => class", 'a': 1};`: false,
		`self.__next_f.push([1, "addEventListener('input', () => 1)"])`: false,
		"dataLayer.push({page: `new arrivals`})":                        false,
		`gtag('event', 'view', {id: 12});`:                              false,
		`document.addEventListener("input", log)`:                       true,
		`setInterval(() => send(f.value), 100)`:                         true,
		`(function () { document.forms[0].oninput = log })()`:           true,
		`eval(atob("YWRkRXZlbnRMaXN0ZW5lcg"))`:                          true,
		`field.onchange = log`:                                          true,
		`/* "unclosed */ field.addEventListener('keyup', log)`:          true,
	} {
		assert.Equal(t, does, doesSomething(source), source)
	}
}

func TestControlsThatMightDoHarmAreLeftAlone(t *testing.T) {
	for _, said := range []string{
		"Log out", "Sign off", "Delete account", "Buy now", "Unsubscribe", "Pay €20", "Abmelden", "Löschen", "Kostenpflichtig bestellen", "Kündigen",
		"Se déconnecter", "Supprimer", "Ajouter au panier", "Se désinscrire", "Cerrar sesión", "Eliminar", "Comprar", "Esci", "Rimuovi", "Acquista",
		"Sair", "Excluir", "Uitloggen", "Verwijderen", "Kopen", "Logga ut", "Ta bort", "Köp", "Log ud", "Slet", "Kjøp", "Kirjaudu ulos", "Poista", "Osta",
		"Wyloguj się", "Usuń", "Kup teraz", "Odhlásit", "Smazat", "Koupit", "Çıkış yap", "Sil", "Satın al", "Выйти", "Удалить", "Купить", "Видалити",
		"ログアウト", "削除", "購入する", "退出登录", "删除", "立即购买", "로그아웃", "삭제", "구매하기",
	} {
		assert.Contains(t, control{Text: said, Opens: true}.reserve(), "harm", said)
		assert.Contains(t, control{Label: said}.reserve(), "harm", said)
	}
	assert.NotEmpty(t, control{Text: "", Marks: "btn btnDelete"}.reserve())
	assert.NotEmpty(t, control{Text: "Send"}.reserve())
	assert.NotEmpty(t, control{Text: "Sign in", Opens: true, Near: true}.reserve())
	assert.NotEmpty(t, control{Text: "Details", Near: true}.reserve())
	assert.NotEmpty(t, control{}.reserve(), "no words")
	for _, fine := range []control{{Text: "Show more"}, {Text: "Sign in", Opens: true}, {Text: "Details", Near: true, Opens: true}, {Label: "Menu", Opens: true}, {Text: "Reviews", Opens: true}, {Text: "Current display"}} {
		assert.Empty(t, fine.reserve(), fine.Text)
	}
}
