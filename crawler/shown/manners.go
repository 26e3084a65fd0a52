package shown

// manners are how pages speak that are shown instead of others, whatever the reason: they ask for patience or pardon, say when and how to
// try again, whom to write to, what number the request has, and what they are. They explain what stands beside a reason, and are none.
var manners = guard(`(?i)(?:^|[^\pL]|\p{Han}|\p{Hiragana}|\p{Katakana}|\p{Thai}|\p{Hangul})(?:`, `)`, []string{
	// English
	`this xml file does not appear|the document tree is shown`,
	`\b(please|kindly) (wait|try|reload|refresh|contact|check|come|enable|return|use|update|verify|note|stand by|be patient|turn|close|go|visit|choose|select|log|sign)`,
	`\b(sorry|apologi[sz]e|apologies|inconvenience|patience|bear with us|thank you|thanks)\b`, `\b(try|check|come) (again|back)|again later|(this|it) (may|might|can|should|will) (only )?take|a few (seconds|minutes|moments)|seconds?\b.{0,12}$`,
	`\b(error|reference|request|incident|ray|block|support|event|trace|session) ?(id|code|number|no|#)\b|^ ?(reference|error|code|status|id|your ip|ip address|ip)\b`,
	`(site|website|web ?page|page|server|network|webmaster|application) (owner|administrator|admin|operator)|administrator|(contact|write to|e-?mail) (us|the|our|support)|if (you('re| are| think| believe| feel| continue| need| have)|the problem|this)`,
	`(this|our|your) (site|website|web ?site|page|shop|store|service|server|browser|network|connection|request|address|content|app|account|system)\b`, `redirect(ed)?|reload|refresh|go back|back to|home ?page|return to|technical (team|difficult)|(working|engaged) on|as soon as|automat|(did|do|does) not have|your (device|computer|internet|url|link)|\bto (access|enter|continue|proceed|get back|visit|view)\b|learn more|^ ?(loading|yes|no|ok|close|menu|nginx|cloudflare|home|http.{0,40}|a question|x|proceed|confirm|submit)\b`,
	// German
	`\bbitte\b|entschuldig|verzeih|unannehmlichkeit|geduld|verständnis|\b(erneut|noch ?(ein)?mal|später)\b|einige (sekunden|minuten|augenblicke)|(ihre|deine) (anfrage|ip|verbindung|position)|(diese|unsere|ihre) (seite|website|webseite|internetseite|shop)|administrator|betreiber|kontaktier|zurück zur|startseite|weitergeleitet|so schnell wie möglich|sicherheitsgründen|wir arbeiten`,
	// French
	`veuillez|merci|désolé|excus|patience|patienter|réessa|plus tard|quelques (secondes|instants|minutes)|votre (adresse|requête|connexion|navigateur|demande)|(ce|notre|le) (site|serveur|boutique|service)|cette page|administrateur|contactez|retour|accueil|redirig|référence|nos équipes|équipe technique`,
	// Spanish, Portuguese, Italian
	`por favor|gracias|disculp|lo sentimos|molestia|paciencia|inténtalo|intente|más tarde|unos (segundos|minutos|momentos)|(tu|su) (dirección|solicitud|conexión|navegador)|(este|nuestro|el) (sitio|servidor|servicio)|(esta|nuestra|la) (página|web|tienda)|administrador|contacte|volver|inicio|redirig|referencia`,
	`obrigad|desculp|lamentamos|paciência|inconveniente|tente|mais tarde|alguns (segundos|minutos|instantes)|(seu|sua) (endereço|solicitação|conexão|navegador)|(este|nosso) (site|servidor)|voltar|(esta|nossa) página|em breve`,
	`per favore|si prega|grazie|spiacent|scusa|ci scusiamo|pazienza|disagio|riprova|più tardi|alcuni (secondi|minuti|istanti)|(tuo|tua|suo|sua) (indirizzo|richiesta|connessione|browser)|(questo|nostro|il) sito|questa pagina|amministratore|contatta|torna (a|in)|(a|ritorniamo) presto`,
	// Dutch, Swedish, Danish, Norwegian
	`alstublieft|a\.?u\.?b|excuses|onze (web)?(site|winkel|excuses)|ongemak|geduld|begrip|probeer|later|opnieuw|enkele (seconden|minuten|ogenblikken)|(uw|je) (verzoek|verbinding|browser|adres)|(deze|de) (site|website|pagina)|beheerder|terug (naar|op)|verwijder`,
	`vänligen|tack\b|ursäkt|tålamod|försök|senare|några (sekunder|minuter)|(din|vår|denna) (webbplats|sida|anslutning|begäran|enhet)|administratör|tillbaka`,
	`venligst|vennligst|\btak\b|\btakk\b|undskyld|beklager|tålmodighed|forsøg|\bprøv|senere|(nogle|noen|et par) (sekunder|minutter)|(din|vores|dette|denne) (anmodning|side|websted|forbindelse|nettsted|hjemmeside)|administrator|tilbage|tilbake`,
	// Finnish, Estonian, Hungarian
	`kiitos|pahoittelemme|anteeksi|kärsivällisyy|yritä|myöhemmin|hetken|sekunti|minuut|(tämä|sivusto|sivu|sivun)|ylläpit|takaisin|ole hyvä|pian`, `palun|vabanda|kannatus|proovi|hiljem|hetke|sekund|minut|(see|meie) (veebi\pL*|leht|sait)|administraator|tagasi|ebamugavus`,
	`kérjük|köszönjük|elnézést|türelm|próbál|később|néhány (másodperc|perc)|(az|a) (oldal|weboldal|webhely|szerver|webáruház)|rendszergazda|vissza|kellemetlenség`,
	// Polish, Czech, Slovak, Slovene, Croatian
	`prosimy|proszę|przeprasza|dzięku|cierpliwoś|spróbuj|później|kilka (sekund|minut)|kilku (sekund|minut)|(nasz|nasza|ta|tej|twoje|twój) (stron|serwis|witryn|sklep|połączen|żądan)|administrator|powrót|wróć|utrudnieni|obrazk`,
	`prosím|omlouv|děkuj|trpěliv|zkuste|později|několik (sekund|minut|vteřin)|(naše|tato|tyto|vaše) ?(stránk|web|server)?|správc|zpět|potíž`, `ospravedlň|ďakuj|trpezliv|skúste|neskôr|niekoľko (sekúnd|minút)|správc|späť`,
	`prosimo|oproščamo|opravičuj|hvala|potrpežljiv|poskusite|pozneje|kasneje|nekaj (sekund|minut)|skrbnik|nazaj`, `molimo|ispričavamo|strpljenj|pokušajte|kasnije|nekoliko (sekundi|minuta)|administrator|natrag`,
	// Romanian, Bulgarian, Greek, Latvian, Lithuanian, Maltese, Irish
	`vă rugăm|mulțumim|scuze|răbdare|încercați|mai târziu|câteva (secunde|minute)|(acest|acestui) site|administrator|înapoi`, `моля|извин|благодар|търпение|опитайте|по-късно|няколко (секунди|минути)|(този|нашия\pL*) сайт|администратор|назад|неудобств`,
	`παρακαλ|ευχαριστ|συγγνώμη|λυπούμαστε|υπομονή|δοκιμάστε|ξανά|αργότερα|(μερικά|λίγα) (δευτερόλεπτα|λεπτά)|(αυτός|αυτή|ο) (ιστότοπος|σελίδα)|διαχειριστή|πίσω|ταλαιπωρία`,
	`lūdzu|atvaino|paldies|pacietīb|mēģiniet|vēlāk|dažas (sekundes|minūtes)|administrator|atpakaļ`, `prašome|atsipraš|ačiū|kantryb|bandykite|vėliau|kelias (sekundes|minutes)|administrator|grįžti`,
	`jekk jogħġbok|niskużaw|grazzi|paċenzja|erġa' pprova|aktar tard`, `le do thoil|gabh ár leithscéal|go raibh|foighne|bain triail|ar ball|níos déanaí`,
	// Russian, Ukrainian, Turkish, Arabic, Hebrew
	`пожалуйста|извин|прощения|приносим|спасибо|терпени|попробуйте|повторите|позже|нескольк\pL+ (секунд|минут)|(ваш|ваше|вашей|вашего|этот|наш|на) (сайт|запрос|устройств|подключен|сет|адрес)|(этого|нашего) сайта|администратор|поддержк|вернуться|главную|перенаправлен|идентификатор|к сожалению|неудобств|скоро`,
	`будь ласка|вибач|перепрош|дякуємо|терпінн|спробуйте|пізніше|кілька (секунд|хвилин)|(ваш|вашої|вашого|цей|наш)\pL* (сайт|запит|пристр|мереж|адрес)\pL*|адміністратор|повернут|на жаль|незручн|скоро`,
	`lütfen|özür|teşekkür|sabr|anlayış|tekrar|daha sonra|birkaç (saniye|dakika)|bu (site|sayfa|web)|sitemiz|sizlere|yönetici|geri|yönlendiril`,
	`يرجى|الرجاء|من فضلك|نعتذر|عذرا|آسف|شكرا|صبر|المحاولة|لاحقا|ثوان|دقائق|(هذا|هذه) (الموقع|الصفحة)|العودة|المسؤول|قريبا`, `אנא|בבקשה|סליחה|מתנצל|תודה|סבלנות|נסו|מאוחר|שניות|דקות|אתר|חזרה|בקרוב`,
	// Persian, Hindi, Vietnamese, Indonesian, Thai
	`لطفا|پوزش|متشکر|صبر|دوباره|بعدا|چند (ثانیه|دقیقه)|سایت`, `कृपया|क्षमा|खेद|धन्यवाद|धैर्य|पुनः|बाद में|कुछ (सेकंड|मिनट|सेकेंड)|असुविधा|(यह|इस|हमारी) (साइट|वेबसाइट|पृष्ठ)|प्रशासक|जल्द`,
	`vui lòng|xin lỗi|cảm ơn|kiên nhẫn|thử lại|sau (ít|vài|khi)|lại sau|vài (giây|phút)|trang (web|này)|quản trị|quay lại|bất tiện`, `silakan|mohon|harap|maaf|terima kasih|sabar|coba lagi|nanti|beberapa (detik|menit)|situs|halaman|administrator|kembali|ketidaknyamanan`,
	`โปรด|กรุณา|ขออภัย|ขอโทษ|ขอบคุณ|รอ|ลองใหม่|ภายหลัง|วินาที|นาที|เว็บไซต์|ผู้ดูแล|กลับ|ไม่สะดวก|ชั่วคราว`,
	// Japanese, Korean, Chinese
	`ください|お待ち|申し訳|恐れ入り|ご不便|ご迷惑|ありがとう|しばらく|再度|後ほど|数秒|数分|時間をおいて|お問い合わせ|管理者|(この|当)(サイト|ページ)|待ち時間|戻る`,
	`(십시오|세요|바랍니다)|죄송|불편|감사|잠시|다시|나중에|몇 (초|분)|관리자|문의|(이|본) (사이트|페이지)|걸릴 수`, `请|請|抱歉|对不起|對不起|不便|谅解|諒解|感谢|感謝|耐心|稍后|稍後|重试|重試|几秒|幾秒|管理员|管理員|返回|联系|聯繫|(此|本|该)(网站|網站|站点|页面)|编号|威胁|确保|確保|亲`,
})
