package consent

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler/visit/consent/wording"
)

func TestButtonsMeanWhatTheySay(t *testing.T) {
	for m, labels := range map[wording.Meaning][]string{
		wording.Accept: {
			"accept all", "accept", "accept cookies", "i agree", "allow all cookies", "ok", "got it!", "agree and close", "yes, i accept", "accept all options",
			"alle akzeptieren", "zustimmen", "einverstanden", "alle cookies zulassen", "tout accepter", "j'accepte", "aceptar todo", "aceptar", "accetta tutti",
			"aceitar todos", "alles accepteren", "akkoord", "zaakceptuj wszystkie", "acceptera alla", "godkänn", "tillad alle", "godta alle", "hyväksy kaikki",
			"přijmout vše", "összes elfogadása", "accept toate", "αποδοχή όλων", "tümünü kabul et", "принять все", "すべて受け入れる", "同意する",
		},
		wording.Reject: {
			"reject all", "decline", "refuse all", "only necessary", "accept only necessary cookies", "necessary only", "continue without accepting", "deny",
			"i do not accept", "disagree", "no, thanks", "use necessary cookies only", "do not consent", "essential cookies only",
			"alle ablehnen", "nur notwendige cookies", "nur essenzielle cookies akzeptieren", "ablehnen", "nicht zustimmen", "tout refuser", "continuer sans accepter", "je refuse",
			"rechazar todo", "solo las necesarias", "rifiuta tutti", "continua senza accettare", "rejeitar todos", "apenas os necessários", "alles weigeren",
			"alleen noodzakelijke cookies", "odrzuć wszystkie", "tylko niezbędne", "neka alla", "endast nödvändiga", "afvis alle", "kun nødvendige", "avslå alle",
			"hylkää kaikki", "vain välttämättömät", "odmítnout vše", "pouze nezbytné", "elutasítás", "respinge tot", "απόρριψη όλων", "tümünü reddet", "отклонить все", "拒否する", "必須クッキーのみ",
		},
		wording.Settings: {
			"cookie settings", "manage preferences", "customize", "more options", "einstellungen", "anpassen", "paramétrer", "personnaliser", "configurar", "personalizza",
			"instellingen", "ustawienia", "inställningar", "indstillinger", "asetukset", "nastavení", "beállítások", "setări", "ρυθμίσεις", "ayarlar", "настроить", "設定",
		},
		wording.Save:  {"save settings", "confirm my choices", "save and exit", "accept selected", "auswahl speichern", "auswahl bestätigen", "enregistrer", "guardar mi selección", "salva preferenze", "opslaan", "zapisz ustawienia", "spara val", "сохранить", "保存"},
		wording.Other: {"", "subscribe and accept", "log in", "privacy policy", "buy ad-free access", "jetzt abonnieren", "×", "search", "partners", "newsletter sign up"},
	} {
		for _, l := range labels {
			assert.Equal(t, m.String(), wording.MeaningOf(l).String(), "%q", l)
		}
	}
}

func TestEveryPlatformCanBeToldAndAnswered(t *testing.T) {
	ids := map[string]bool{}
	for _, p := range Platforms {
		assert.False(t, ids[p.ID], "%s is there twice", p.ID)
		ids[p.ID] = true
		assert.NotEmpty(t, p.Name)
		assert.NotEmpty(t, p.Doc)
		assert.NotEmpty(t, p.Popup, p.ID)
		assert.NotEmpty(t, p.Accept, p.ID)
		assert.NotEmpty(t, p.Reject, p.ID)
		for _, w := range append(p.Accept, p.Reject...) {
			for _, step := range w {
				assert.NotEmpty(t, step, p.ID)
			}
		}
	}
	assert.GreaterOrEqual(t, len(Platforms), 80)
}
