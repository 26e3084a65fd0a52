package visit

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// field is a form field as forms.js describes it.
type field struct {
	N            int      `json:"n"`
	Type         string   `json:"type"` // of an input; textarea, select, editable
	Autocomplete string   `json:"autocomplete"`
	Name         string   `json:"name"`
	ID           string   `json:"id"`
	Label        string   `json:"label"`
	Placeholder  string   `json:"placeholder"` // also aria-label and title
	Mode         string   `json:"mode"`
	Max          int      `json:"max"` // characters; 0: no limit
	Options      []option `json:"options"`
	Filled       bool     `json:"filled"`
}

type option struct {
	Value string `json:"value"`
	Text  string `json:"text"`
	Off   bool   `json:"off"`
}

// Keys of what is typed that are no persona's.
const (
	keyMessage = "message"
	keyCVC     = "card_cvc"
	keyExpiry  = "card_expiry"
	keyMonth   = "card_month"
	keyYear    = "card_year"
	keyDay     = "dob_day"
	keyDOBMon  = "dob_month"
	keyDOBYear = "dob_year"
	keySkip    = "" // nothing is typed
)

// autocompletes are the tokens of the autocomplete attribute
// (https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill).
var autocompletes = map[string]string{
	"email": "email", "tel": "phone", "tel-national": "phone", "tel-local": "phone", "name": "full_name", "given-name": "first_name", "family-name": "last_name",
	"username": "username", "nickname": "username", "street-address": "street", "address-line1": "street", "postal-code": "postcode",
	"address-level2": "city", "address-level1": "region", "country": "country", "country-name": "country", "bday": "dob",
	"bday-day": keyDay, "bday-month": keyDOBMon, "bday-year": keyDOBYear, "sex": "gender", "organization": "org_name",
	"new-password": "password", "current-password": "password", "cc-number": "payment_card", "cc-name": "full_name", "cc-csc": keyCVC,
	"cc-exp": keyExpiry, "cc-exp-month": keyMonth, "cc-exp-year": keyYear, "one-time-code": keySkip,
}

// meanings are what names, labels and placeholders say, first match wins: the particular before the general. They are in
// English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Danish, Norwegian, Finnish, Czech, Turkish,
// Russian and Japanese, as far as they differ.
var meanings = []struct {
	key string
	re  *regexp.Regexp
}{
	{keySkip, mean(`captcha|honeypot|otp|one.?time|\bcode de v|verification code|coupon|promo|voucher|gutschein|quantity|menge|anzahl`)},
	{"search_term", mean(`search|suche|recherch|buscar|busca\b|búsqueda|cerca\b|ricerca|pesquis|zoeken|szukaj|wyszukaj|sök|søg|søk|haku|hae\b|hled|\bara\b|поиск|найти|検索|搜索|검색|^q$|^query$|^s$|keyword`)},
	{"email", mean(`e-?mail|courriel|correo|posta elettr|e-?posta|sähköposti|почт|メール|邮箱|이메일`)},
	{"password", mean(`passw|passwort|kennwort|mot de passe|contraseñ|contrasen|senha|palavra-?passe|wachtwoord|hasł|haslo|lösenord|adgangskode|salasana|heslo|şifre|sifre|парол|パスワード|密码|비밀번호|^pwd$|^pass$`)},
	{"iban", mean(`\biban\b|kontonummer|bank.?account`)},
	{keyCVC, mean(`\bcvc|\bcvv|\bcsc\b|security.?code|prüfziffer|prufziffer|kartenprüf|cryptogramme|código de seguridad`)},
	{keyExpiry, mean(`expir|mm ?/ ?yy|gültig bis|ablaufdatum|vencimiento|scadenza|validade|vervaldatum`)},
	{"payment_card", mean(`card.?(no|num)|cardnumber|cc.?num|credit.?card|kreditkarte|kartennummer|carte bancaire|numéro de carte|número de (la )?tarjeta|tarjeta|numero (della )?carta|número do cartão|cartão|kaartnummer|numer karty|kortnummer|kortin numero|číslo karty|kart numara|номер карты|カード番号|卡号|^pan$|^card[-_ ]?\d?$|^cc[-_]?\d?$`)},
	{"phone", mean(`phone|telefon|téléphone|teléfono|\btel\b|mobil|handy|rufnummer|móvil|celular|cellulare|telemóvel|puhelin|телефон|電話|手机|전화|whatsapp`)},
	{"dob", mean(`birth|geburt|naissance|nacimiento|nascita|nascimento|geboorte|urodzeni|födelse|fødsel|syntymä|narození|doğum|рожден|生年月日|\bdob\b|bday`)},
	{"first_name", mean(`first.?name|given.?name|forename|\bfname\b|vorname|prénom|prenom|primer nombre|^nombre$|\bnome proprio\b|voornaam|imię|\bimie\b|förnamn|fornavn|etunimi|křestní|\bjméno\b|\badı?\b|^имя|(^|[^氏姓])名$`)},
	{"last_name", mean(`last.?name|sur.?name|family.?name|\blname\b|nachname|familienname|nom de famille|^nom$|apellido|cognome|sobrenome|apelido|achternaam|nazwisk|efternamn|efternavn|etternavn|sukunimi|příjmení|prijmeni|soyad|фамили|姓$`)},
	{"username", mean(`user.?name|\blogin\b|\buser\b|benutzer|nutzername|identifiant|pseudo|usuario|utente|utilizador|usuário|gebruikersnaam|użytkownik|användar|brugernavn|käyttäjä|uživatel|kullanıcı|логин|ユーザー|nickname`)},
	{"postcode", mean(`post.?(al)?.?code|\bzip|postleitzahl|\bplz\b|code postal|código postal|codigo postal|\bcap\b|\bcep\b|kod pocztowy|postnummer|postinumero|psč|posta kodu|индекс|郵便|邮编`)},
	{"street", mean(`street|address|adress|straße|strasse|\brue\b|calle|dirección|direccion|indirizzo|\bvia\b|endereço|morada|straat|ulica|gata\b|osoite|ulice|adres|улица|адрес|住所|地址`)},
	{"city", mean(`city|town|\bstadt\b|\bort\b|ville|ciudad|localidad|città|citta|comune|cidade|plaats|\bstad\b|miasto|miejscowo|postort|\bby\b|kaupunki|město|şehir|город|市区町村|城市`)},
	{"region", mean(`region|\bstate\b|province|bundesland|county|département|provincia|estado|województwo|län\b|область|都道府県`)},
	{"country", mean(`country|\bland\b|\bpays\b|\bpaís\b|paese|nazione|kraj|maa\b|země|ülke|страна|国`)},
	{"org_name", mean(`company|organi[sz]ation|firma|unternehmen|entreprise|société|empresa|azienda|bedrijf|företag|virksomhed|yritys|společnost|şirket|компани|会社|公司|employer`)},
	{"national_id", mean(`\bssn\b|social security|national.?id|steuer-?id|\bnif\b|\bdni\b|codice fiscale|\bcpf\b|\bbsn\b|pesel|personnummer|henkilötunnus|rodné číslo`)},
	{"gender", mean(`gender|\bsex\b|geschlecht|\bgenre\b|género|genere|gênero|geslacht|płeć|kön\b|køn\b|kjønn|anrede|salutation`)},
	{"full_name", mean(`\bname\b|full.?name|your.?name|\bnom\b|nombre|\bnome\b|\bnaam\b|\bnamn\b|\bnavn\b|\bnimi\b|nazwa|imię i nazwisko|isim|имя|фио|氏名|お名前|姓名|이름`)},
	{keyMessage, mean(`message|nachricht|comment|kommentar|mensaje|messaggio|mensagem|bericht|wiadomo|meddelande|besked|viesti|zpráv|mesaj|сообщени|question|frage|feedback|メッセージ|内容|留言`)},
}

func mean(re string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + re) }

// camel splits what is written as oneWord, one_word or one-word.
var camel = regexp.MustCompile(`([a-z0-9])([A-Z])|[_\-.\[\]:]+`)

// key says what of a persona belongs into the field; "" is nothing.
func (f field) key() string {
	for _, token := range slices.Backward(strings.Fields(strings.ToLower(f.Autocomplete))) {
		if k, ok := autocompletes[token]; ok {
			return k
		}
	}
	switch f.Type {
	case "email":
		return "email"
	case "password":
		return "password"
	case "search":
		return "search_term"
	}
	name := strings.TrimSpace(camel.ReplaceAllString(f.Name, "$1 $2"))
	id := strings.TrimSpace(camel.ReplaceAllString(f.ID, "$1 $2"))
	for _, said := range []string{f.Label, f.Placeholder, name, id, f.Name, f.ID} {
		for _, m := range meanings {
			if said != "" && m.re.MatchString(said) {
				return m.key
			}
		}
	}
	switch f.Type {
	case "tel":
		return "phone"
	case "date":
		return "dob"
	case "textarea", "editable":
		return keyMessage
	}
	return keySkip
}

// filling is a field with what is typed into it.
type filling struct {
	field
	key   string // of the persona
	value string
	whole string // of which value is a part, as in four boxes for a card; "" if it is all
}

// fill says what is typed into which field.
func fill(fields []field, persona map[string][]string) []filling {
	var out []filling
	for i, f := range fields {
		if f.Filled {
			continue
		}
		k := f.key()
		if k == keySkip && i > 0 && boxOf(f, fields[i-1]) && len(out) > 0 && out[len(out)-1].N == fields[i-1].N {
			k = out[len(out)-1].key // a further box of the one before, which alone has a label
		}
		v := valueOf(k, f, persona)
		if v == "" {
			continue
		}
		out = append(out, filling{field: f, key: k, value: v})
	}
	return splitBoxes(out)
}

// boxOf reports whether f looks like the box after prev of one number.
func boxOf(f, prev field) bool {
	return f.Max > 0 && f.Max <= 6 && f.Max == prev.Max && f.Type == prev.Type
}

// splitBoxes deals a number out to the boxes that follow one another for it.
func splitBoxes(fs []filling) []filling {
	for i := 0; i < len(fs); {
		j := i + 1
		for j < len(fs) && fs[j].key == fs[i].key && boxOf(fs[j].field, fs[j-1].field) && fs[j].N == fs[j-1].N+1 {
			j++
		}
		if whole := bare(fs[i].value); j > i+1 && fs[i].Max > 0 && len(whole) > fs[i].Max {
			for b := i; b < j; b++ {
				from := min((b-i)*fs[i].Max, len(whole))
				fs[b].whole, fs[b].value = whole, whole[from:min(from+fs[i].Max, len(whole))]
			}
		}
		i = j
	}
	return slices.DeleteFunc(fs, func(f filling) bool { return f.value == "" })
}

func bare(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

// valueOf returns what is typed into a field for a key.
func valueOf(key string, f field, persona map[string][]string) string {
	one := func(k string) string {
		if v := persona[k]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	dob := strings.Split(one("dob"), "-")
	v := one(key)
	if v == "" {
		v = partOfName(key, one("full_name"))
	}
	switch key {
	case keySkip:
		return ""
	case keyMessage:
		v = fmt.Sprintf("Hello, this is %s. Please call me back: %s", one("full_name"), one("phone"))
	case keyCVC:
		v = "123"
	case keyExpiry:
		v = "12/34"
	case keyMonth:
		v = "12"
	case keyYear:
		v = "2034"
	case keyDOBYear, keyDOBMon, keyDay:
		if len(dob) == 3 {
			v = dob[map[string]int{keyDOBYear: 0, keyDOBMon: 1, keyDay: 2}[key]]
		}
	case "payment_card", "iban":
		v = bare(v)
	}
	switch {
	case f.Type == "select":
		return choose(f.Options, v)
	case f.Type == "number" && strings.Trim(v, "0123456789.") != "":
		return ""
	}
	return v
}

// partOfName derives a first or last name from a whole one: the first word and what follows it.
func partOfName(key, whole string) string {
	first, last, _ := strings.Cut(strings.TrimSpace(whole), " ")
	switch key {
	case "first_name":
		return first
	case "last_name":
		return strings.TrimSpace(last)
	}
	return ""
}

// choose returns the value of the option that says want, else of the first that says anything.
func choose(options []option, want string) string {
	first := ""
	for i, o := range options {
		if o.Off || o.Value == "" {
			continue
		}
		if want != "" && (strings.EqualFold(o.Value, want) || strings.EqualFold(o.Text, want)) {
			return o.Value
		}
		if first == "" && i > 0 {
			first = o.Value
		}
	}
	return first
}
