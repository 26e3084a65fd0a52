package persona

import "fmt"

// place is a country with a city in it.
type place struct {
	code, name, locale, zone string
	city, postcode, street   string // street takes a number
	lat, lon                 float64
	phone                    string // takes two digits, and three where it has %03d
	iban                     string
	names                    []string
}

// phoneNumber makes a number of two random bytes.
func (p place) phoneNumber(a, b int) string {
	n := a%90 + 10
	for i := range len(p.phone) - 3 {
		if p.phone[i:i+4] == "%03d" {
			n = (a*256 + b) % 1000
		}
	}
	return fmt.Sprintf(p.phone, n)
}

// fiction is the range 555-0100 to 555-0199 of the North American plan, for countries that set none aside of their own.
const fiction = "+1 202 555 01%02d"

// testIBAN is the one for countries without IBAN.
const testIBAN = "DE89370400440532013000"

// places are the countries that a person can be of, the first for all others. Telephone numbers are of ranges that are set
// aside for fiction: by NANPA (555-01xx), Ofcom (07700 900xxx), the Bundesnetzagentur (030 23125xxx), Arcep (06 39 98 xx
// xx), PTS (070-17406xx), ComReg (020 91x xxxx) and the ACMA (02 5550 xxxx). The bank accounts are the examples of SWIFT's
// IBAN registry.
var places = []place{
	{"US", "United States", "en-US", "America/New_York", "Washington", "20004", "%d Quay Lane NW", 38.8951, -77.0364, fiction, testIBAN, []string{"Maren", "Idalia", "Corwin", "Thaddea"}},
	{"GB", "United Kingdom", "en-GB", "Europe/London", "Bristol", "BS1 4DJ", "%d Harbour Lane", 51.4545, -2.5879, "+44 7700 900%03d", "GB33BUKB20201555555555", []string{"Isolde", "Rowena", "Alaric", "Tamsin"}},
	{"DE", "Germany", "de-DE", "Europe/Berlin", "Berlin", "10115", "Uferweg %d", 52.5316, 13.3880, "+49 30 23125%03d", testIBAN, []string{"Friederun", "Ottilie", "Thorwald", "Jördis"}},
	{"FR", "France", "fr-FR", "Europe/Paris", "Nantes", "44000", "%d rue du Quai", 47.2184, -1.5536, "+33 6 39 98 1%03d", "FR1420041010050500013M02606", []string{"Océane", "Thibaud", "Maëlys", "Ghislain"}},
	{"ES", "Spain", "es-ES", "Europe/Madrid", "Valencia", "46001", "Calle del Muelle %d", 39.4699, -0.3763, fiction, "ES9121000418450200051332", []string{"Nerea", "Gonzalo", "Amaya", "Leandro"}},
	{"IT", "Italy", "it-IT", "Europe/Rome", "Trieste", "34121", "Via del Molo %d", 45.6495, 13.7768, fiction, "IT60X0542811101000000123456", []string{"Ginevra", "Ottavio", "Fiorella", "Leandro"}},
	{"NL", "Netherlands", "nl-NL", "Europe/Amsterdam", "Utrecht", "3511 AB", "Kadeweg %d", 52.0907, 5.1214, fiction, "NL91ABNA0417164300", []string{"Jorinde", "Wolfert", "Anouk", "Siebe"}},
	{"BE", "Belgium", "nl-BE", "Europe/Brussels", "Gent", "9000", "Kaaistraat %d", 51.0543, 3.7174, fiction, "BE68539007547034", []string{"Liesbet", "Joris", "Maaike", "Tibo"}},
	{"AT", "Austria", "de-AT", "Europe/Vienna", "Graz", "8010", "Murkai %d", 47.0707, 15.4395, fiction, "AT611904300234573201", []string{"Roswitha", "Leopoldine", "Gernot", "Wendelin"}},
	{"CH", "Switzerland", "de-CH", "Europe/Zurich", "Luzern", "6003", "Seeweg %d", 47.0502, 8.3093, fiction, "CH9300762011623852957", []string{"Regula", "Urs", "Vreni", "Beat"}},
	{"PT", "Portugal", "pt-PT", "Europe/Lisbon", "Porto", "4000-123", "Rua do Cais %d", 41.1579, -8.6291, fiction, "PT50000201231234567890154", []string{"Benedita", "Duarte", "Leonor", "Salvador"}},
	{"BR", "Brazil", "pt-BR", "America/Sao_Paulo", "Curitiba", "80010-000", "Rua do Cais, %d", -25.4284, -49.2733, fiction, "BR1800360305000010009795493C1", []string{"Thainá", "Otávio", "Janaína", "Caetano"}},
	{"PL", "Poland", "pl-PL", "Europe/Warsaw", "Gdańsk", "80-001", "ul. Portowa %d", 54.3520, 18.6466, fiction, "PL61109010140000071219812874", []string{"Bożena", "Zdzisław", "Kalina", "Przemysław"}},
	{"SE", "Sweden", "sv-SE", "Europe/Stockholm", "Göteborg", "411 01", "Kajgatan %d", 57.7089, 11.9746, "+46 70 174 06 %02d", "SE4550000000058398257466", []string{"Ingegerd", "Torbjörn", "Solveig", "Arvid"}},
	{"DK", "Denmark", "da-DK", "Europe/Copenhagen", "Aarhus", "8000", "Kajvej %d", 56.1629, 10.2039, fiction, "DK5000400440116243", []string{"Ingelise", "Thyge", "Solvej", "Asger"}},
	{"NO", "Norway", "nb-NO", "Europe/Oslo", "Bergen", "5003", "Kaigata %d", 60.3913, 5.3221, fiction, "NO9386011117947", []string{"Ragnhild", "Torbjørn", "Synnøve", "Eirik"}},
	{"FI", "Finland", "fi-FI", "Europe/Helsinki", "Turku", "20100", "Laiturikatu %d", 60.4518, 22.2666, fiction, "FI2112345600000785", []string{"Aliisa", "Urho", "Lempi", "Väinö"}},
	{"CZ", "Czechia", "cs-CZ", "Europe/Prague", "Brno", "602 00", "Nábřežní %d", 49.1951, 16.6068, fiction, "CZ6508000000192000145399", []string{"Drahomíra", "Zbyněk", "Květa", "Bořivoj"}},
	{"IE", "Ireland", "en-IE", "Europe/Dublin", "Galway", "H91 E2R3", "%d Pier Road", 53.2707, -9.0568, "+353 20 910 1%03d", "IE29AIBK93115212345678", []string{"Saoirse", "Fiachra", "Gráinne", "Oisín"}},
	{"CA", "Canada", "en-CA", "America/Toronto", "Kingston", "K7L 1A1", "%d Wharf Street", 44.2312, -76.4860, "+1 613 555 01%02d", testIBAN, []string{"Maren", "Corwin", "Idalia", "Lachlan"}},
	{"AU", "Australia", "en-AU", "Australia/Sydney", "Newcastle", "2300", "%d Wharf Road", -32.9283, 151.7817, "+61 2 5550 1%03d", testIBAN, []string{"Lachlan", "Tamsin", "Marlee", "Corwin"}},
	{"JP", "Japan", "ja-JP", "Asia/Tokyo", "横浜市", "231-0002", "海岸通%d", 35.4437, 139.6380, fiction, testIBAN, []string{"Sumire", "Haruomi", "Chidori", "Takehiko"}},
}
