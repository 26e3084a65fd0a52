package shown

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Pages that were made up apart from the patterns, a heading, "|" and text each: what stands instead of a site, and sites that sound
// like it.
var (
	heldWalls = []string{
		"Hold on a second|We want to make sure it is actually you we are dealing with and not a robot.",
		"Access to this website is restricted|Your IP has been banned for suspicious behaviour. Contact support with code 7781-AC if this is a mistake.",
		"Sorry, you have been rate limited|Too many requests from your network. Wait a minute and try again.",
		"Kurze Prüfung|Bitte bestätigen Sie, dass Sie kein Roboter sind, um fortzufahren.",
		"Sie wurden gesperrt|Ihre Anfrage wurde aus Sicherheitsgründen blockiert. Vorgangsnummer 4711-88.",
		"Contrôle de sécurité|Nous vérifions que vous êtes humain avant d'ouvrir la page.",
		"Vous avez été bloqué|Votre requête a été rejetée par notre pare-feu. Identifiant : 88-AB-12345.",
		"Comprobación|Confirme que no es un robot para continuar.",
		"Bloqueado|Su solicitud fue rechazada. Si cree que es un error, contacte con el administrador.",
		"Verifica|Dimostra di non essere un robot per proseguire.",
		"Sprawdzamy połączenie|Musimy sprawdzić bezpieczeństwo połączenia, zanim przejdziesz dalej.",
		"Проверка|Пожалуйста, подтвердите, что вы не робот.",
		"Заблокировано|Ваш запрос отклонён системой защиты. Номер инцидента 12-34-5678.",
		"Перевірка з'єднання|Перевіряємо, чи ви людина. Це займе кілька секунд.",
		"Doğrulama|Devam etmek için robot olmadığınızı doğrulayın.",
		"التحقق الأمني|يرجى التأكد من أنك لست روبوتا للمتابعة.",
		"確認中|あなたがロボットではないことを確認しています。",
		"보안 확인|계속하려면 로봇이 아님을 확인해 주세요.",
		"安全检查|请完成验证以继续访问，我们需要确认您是真人。",
		"सुरक्षा जाँच|कृपया पुष्टि करें कि आप रोबोट नहीं हैं।",
		"Kiểm tra bảo mật|Vui lòng xác nhận bạn không phải là robot.",
		"Pemeriksaan keamanan|Harap verifikasi bahwa Anda bukan robot.",
		"ตรวจสอบความปลอดภัย|กรุณายืนยันว่าคุณไม่ใช่บอท",
		"Érvényesítés|Kérjük, igazolja, hogy nem robot.",
		"Kontrola|Potvrďte prosím, že nejste robot.",
		"Έλεγχος|Επιβεβαιώστε ότι δεν είστε ρομπότ για να συνεχίσετε.",
		"Verificare|Vă rugăm să confirmați că nu sunteți robot.",
		"Проверка|Моля, потвърдете, че не сте робот.",
		"Kontroll|Vi behöver kontrollera att du är människa innan du fortsätter.",
		"Tarkistus|Varmistamme, että olet ihminen. Odota hetki.",
		"Please log in again|Your session timed out because you were away for 30 minutes.",
		"Ihre Sitzung wurde beendet|Aus Sicherheitsgründen müssen Sie sich erneut anmelden.",
		"Session terminée|Vous avez été déconnecté. Reconnectez-vous pour continuer.",
		"Ihre Sitzung|Ihre Sitzung ist leider abgelaufen. Bitte melden Sie sich erneut an.",
		"Geburtsdatum|Bitte geben Sie Ihr Geburtsdatum ein, um unsere Website zu besuchen.",
		"Birthday|To enter our site, tell us your year of birth.",
		"Scripts, please|JavaScript needs to be enabled in order to use this website.",
		"Erreur|Une erreur critique est survenue sur votre site. Consultez la boîte de réception de l'administrateur.",
		"Something broke|We're sorry, but something went wrong. If you are the application owner check the logs for more information.",
		"Zugriff eingeschränkt|Der Zugriff auf diese Website wurde von ihrem Betreiber gesperrt.",
	}
	heldPages = []string{
		"Just a moment|Poems by Ida Field, set in Garamond and printed by hand in Bath. Read three of them here.",
		"Einen Moment bitte|Hörspiel in vier Teilen über eine Telefonistin im Jahr 1962. Regie: Karl Ott.",
		"Un instant|Galerie de photographies d'Alice Morel. Exposition jusqu'au 4 juin, entrée libre.",
		"Maintenance|We look after boilers in the whole county, in summer and in winter. Ring 555-0177.",
		"Wartung|Wir warten Ihre Heizung. Termine von Montag bis Samstag, auch kurzfristig.",
		"Maintenance|Notre équipe entretient ascenseurs et portes de garage à Lyon et dans la région.",
		"Mantenimiento|Jardines y piscinas de comunidades. Presupuesto gratis en 24 horas.",
		"Manutenzione|Ripariamo caldaie a Torino dal 1981. Via Po 12, telefono 555 0101.",
		"Technische dienst|Wij onderhouden liften en roltrappen in heel Nederland, dag en nacht.",
		"Техническое обслуживание|Ремонт и замена лифтов в жилых домах. Работаем с 1994 года.",
		"Are you human?|A documentary in five parts about people who work beside machines. From Sunday on Channel Nine.",
		"Sind Sie ein Mensch?|Theaterstück von Lea Wolf. Premiere am 3. Mai im Kleinen Haus.",
		"Access denied|An escape room for two to six players in the old bank. Book your hour: 55 € a team.",
		"Accès refusé|Roman policier d'Emma Petit, chez Dubois. Prix des lecteurs 2025.",
		"Acceso prohibido|Una novela de misterio ambientada en Cádiz. Primer capítulo gratis.",
		"Доступ запрещён|Документальный фильм о закрытых городах. Смотрите в субботу вечером.",
		"访问被拒绝|一部关于黑客的小说，讲述三个朋友在上海的故事，共三十二章，周末更新。",
		"メンテナンス|自転車の整備教室を毎週日曜日に開いています。初心者の方も歓迎です。",
		"Too many requests|The band's second record is out. Tour: Leeds, York, Hull.",
		"Slow down|Walking holidays in Wales for people who have enough of fast things.",
		"Are you 18?|Your first election: where to vote, what to bring, and how the count works.",
		"Coming soon|Three new jackets arrive in April: wool, linen and waxed cotton. See the drawings by our tailor.",
		"Under construction|A magazine on how houses are built. Issue 12: bricks, and those who lay them.",
		"Error|An exhibition on misprints, from the Wicked Bible to the Inverted Jenny. Tuesday to Sunday.",
		"404|Room 404 is our bar on the fourth floor, with a view of the harbour. Open from six.",
		"Page not found|Lost manuscripts of the Middle Ages: a lecture by Prof. Hale, with slides and wine.",
		"Session expired|A short story about a chat with somebody who may not be there. By M. Oduya.",
		"Waiting room|New music for strings, recorded in the waiting rooms of small stations.",
		"Sala d'attesa|Trattoria con dodici tavoli vicino alla stazione. Cucina piemontese, vini della casa.",
		"Warteschlange|Ein Gesellschaftsspiel für zwei bis fünf Personen ab acht Jahren. Spieldauer eine Stunde.",
		"Kolejka|Gra planszowa o zakupach w czasach PRL. Dla dwóch do pięciu osób.",
		"Cookies|Baked each morning with butter, oats and a little salt. Eight kinds, and one for dogs.",
		"Robot or human|Take part in our study: ten texts, and you guess who wrote them.",
		"Your browser is out of date|The history of web browsers in twelve objects, from Mosaic to now.",
		"Bakım|Sokak kedileri için bakım evi. Ziyaret saatleri 10 ile 17 arası.",
		"صيانة|نصلح المكيفات والثلاجات في جدة منذ عشرين سنة. زورونا في شارع الملك.",
		"Back soon|A film about a fisherman who sails off and his daughter who waits for him. In cinemas in May.",
		"Bald zurück|Ein Kinderbuch über eine Katze, die auf Reisen geht. Mit Bildern von Ute Lang.",
		"Domain for sale|How a village of three hundred people sold its hill, and bought it back. A report.",
		"Not available in your country|A podcast on films that only some may see. This week: Norway.",
	}
)

// Both sorts are told apart, whatever else stands around them.
func TestWallsAndPagesThatSoundLikeThem(t *testing.T) {
	for _, wall := range heldWalls {
		head, text, _ := strings.Cut(wall, "|")
		assert.NotNil(t, circumstances{start: true}.of(t, saidBy(head, head, text)).Instead(), "taken for a page: %s", wall)
	}
	for _, page := range heldPages {
		head, text, _ := strings.Cut(page, "|")
		if got := (circumstances{start: true}).of(t, saidBy(head, head, text)).Instead(); got != nil {
			assert.Fail(t, "a page was not taken for one", "%s: %s", page, got.Reason())
		}
	}
}
