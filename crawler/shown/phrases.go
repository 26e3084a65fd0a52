package shown

import (
	"regexp"
	"strings"
)

// phrases are what pages say that are shown instead of another, in the languages of the field words: English, German, French,
// Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Danish, Norwegian, Finnish, Czech, Turkish, Russian, Japanese, Chinese
// and Korean, as far as they differ. They decide only about documents that are nearly nothing else: an article may say them all.
type phrases struct {
	whole anyOf // a title or heading that is this and no more, but for the site's name
	part  anyOf // what is said about this page at this moment, anywhere in its text
	firm  bool  // both together are said by no other page, whatever stands beside them, such as what the law wants said
}

// headings makes the patterns of titles: with what sites put around them, as in "Maintenance | Shop".
func headings(lines ...string) anyOf {
	const before, after = `(?i)^(?:[^|–—·•]{0,60} ?[-|–—·:•] )?(?:`, `)[\s.!?…。！？]*(?: ?[-|–—·:•] .{0,60})?$`
	return guard(before, after, lines)
}

// anywhere makes the patterns of words and phrases, in any case, anywhere in a text.
func anywhere(lines ...string) anyOf { return guard(`(?i)(?:`, `)`, lines) }

// Words makes the pattern of words and phrases, in any case, anywhere in a text.
func Words(lines ...string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:` + strings.Join(lines, "|") + `)`)
}

// challenges are what bot protections say, whoever made them.
var challenges = phrases{
	whole: headings(
		`just a (moment|second)( please)?`, `one (more step|moment,? please)`, `attention required`,
		`checking (your browser|if the site connection is secure).{0,60}`,
		`(please )?(verify|verifying|confirm|prove)( that)? (you're|you are|your) (a )?(human|humanity|not a (ro)?bot).{0,20}`,
		`(are you|i am|i'm) (a |not a )?(human|robot|bot)`,
		`(human|browser|site|security|bot|robot) (verification|check|checkpoint|challenge|protection)( (required|needed))?`,
		`access (to this (page|site|website) (has been|was|is) )?denied`, `pardon our interruption`,
		`ddos[- ]?(guard|protection).{0,30}`, `robot or human`,
		`captcha( (required|challenge|verification))?`, `client challenge`, `making sure you(’|')?re not a (ro)?bot`,
		`(sorry, )?you have been blocked`, `press (&|and) hold.{0,60}`,
		`(please )?complete the (security check|captcha).{0,60}`, `vercel security checkpoint`,
		`einen moment( bitte)?`, `sind sie ein (mensch|roboter)`, `(sicherheits|browser)(überprüfung|prüfung|check)`,
		`bitte bestätigen sie, dass sie (ein mensch|kein roboter) sind`,
		`un (instant|moment)( s'il vous plaît)?`, `vérification (de sécurité|du navigateur)`,
		`(êtes-vous|vous êtes) (un )?(humain|robot)`, `vérifions que vous (êtes humain|n'êtes pas un robot)`,
		`(solo )?un momento( por favor)?`, `verificación (de seguridad|humana)`, `¿?eres (un )?(humano|robot)`,
		`(solo )?un attimo`, `(controllo|verifica) (di sicurezza|del browser)`, `sei (un )?(umano|robot)`,
		`(só )?um momento( por favor)?`, `verificação (de segurança|humana)`, `você é (um )?(humano|robô)`,
		`(een )?moment geduld( a\.?u\.?b\.?)?`, `(beveiligings|veiligheids)controle`, `ben je een (mens|robot)`,
		`chwileczkę`, `weryfikacja (bezpieczeństwa|przeglądarki)`, `säkerhetskontroll`, `sikkerhedskontrol`, `sikkerhetskontroll`,
		`turvatarkistus`, `bezpečnostní (kontrola|ověření)`, `güvenlik (kontrolü|doğrulaması)`,
		`проверка (браузера|безопасности)`, `вы (не )?робот`, `セキュリティ ?(チェック|確認)`, `(安全|人机)(验证|检查)`, `보안 (확인|검사)`,
	),
	part: anywhere(
		`checking your browser before`, `(verify|verifying|confirm|prove) (that )?you('re| are) (a )?(human|not a (ro)?bot)`,
		`needs to review the security of your connection`, `complete (the|a) (security check|captcha|puzzle)`,
		`unusual (traffic|activity) (from|on) your`, `press (&|and) hold`,
		`enable (javascript and )?cookies (to|and) (continue|reload)`, `performing (a )?(security|browser) (check|verification)`,
		`your (request|ip|ip address) (has been|was) blocked`, `something about your browser made us think`,
		`(browser|connection|request) is being (checked|verified)`, `support id is`, `incident id`, `\bray id\b`,
		`i('m| am) not a robot`,
		`you('re| are) not a (ro)?bot`, `automated (access|requests|queries) (from|to)`,
		`dass sie (ein mensch|kein roboter) sind`, `ihr browser wird (über)?geprüft`, `ungewöhnliche\w* (datenverkehr|aktivität)`,
		`que vous (êtes (un )?humain|n'êtes pas un robot)`, `trafic (inhabituel|exceptionnel)`,
		`que (eres|es) (un )?humano`, `que no eres un robot`, `tráfico inusual`, `(di essere|che sei) (un )?(essere )?uman`,
		`che non sei un robot`, `traffico insolito`, `(que|se) você é (um )?humano`, `não é um robô`, `tráfego incomum`,
		`dat (u|je) (een mens|geen robot) (bent|ben)`, `że jesteś człowiekiem`, `nie jesteś robotem`, `nietypowy ruch`,
		`att du är (en )?människa`, `at du er (et )?menneske`, `että olet ihminen`, `že (jste|nejste) (člověk|robot)`,
		`(insan|robot) (olduğunuzu|olmadığınızı)`, `что вы (человек|не робот)`, `(необычный|подозрительный) трафик`,
		`(人間|ロボット)(である|でない|ではない)こと`, `通常と異なるトラフィック`, `(您|你)?是(真人|人类|不是机器人)`, `异常流量`, `사람(임을|인지)`, `로봇이 아닙니다`, `비정상적인 트래픽`,
	),
}.with(challengeSayings)

// queues are what waiting rooms say.
var queues = phrases{
	whole: headings(
		`(virtual )?(waiting (room|line|list)|queue)( powered by \w+)?`, `queue-it`,
		`you('re| are) (now |currently )?(in|next in) (the |our )?(virtual )?(line|queue|waiting room)`,
		`(please wait|hold tight|you're almost there).{0,40}(queue|line|turn)`,
		`(virtuelle[rs]? )?(warteraum|warteschlange)`, `(virtueller )?wartebereich`, `(salle|file) d'attente( virtuelle)?`,
		`sala de espera( virtual)?`, `fila (virtual|de espera)`, `(sala d'attesa|coda)( virtuale)?`,
		`(virtuele )?(wachtkamer|wachtrij|wachtruimte)`, `(wirtualna )?(poczekalnia|kolejka)`, `(virtuellt )?(väntrum|kö)`,
		`(virtuelt )?(venteværelse|venterom|kø)`, `(virtuaalinen )?(odotushuone|jono)`, `(virtuální )?(čekárna|fronta)`,
		`(sanal )?(bekleme odası|sıra)`, `(виртуальная )?(очередь|комната ожидания)`, `(仮想)?待合室`, `(ただいま)?アクセスが(大変)?集中.{0,15}`, `順番待ち(中)?`,
		`(虚拟)?(等候室|排队)`, `(가상 )?(대기실|대기열)`,
	),
	part: anywhere(
		`you('re| are) (now |currently )?(in|next in) (the |our |a )?(virtual )?(line|queue|waiting room)\b`,
		`your (place|position|number|spot) in (the )?(line|queue)`, `(estimated|expected) wait(ing)?( time)?\b`,
		`(people|users|visitors|customers) (are )?(ahead of|in front of) you`, `when it('s| is) your turn`,
		`it('s| is) (nearly |almost )?your turn`, `(placed|put) (you )?in(to)? (a|the|our) (virtual )?(queue|line|waiting room)`,
		`sie (sind|befinden sich) (jetzt |derzeit |nun )?in (der|einer|unserer) (warteschlange|warteraum)`,
		`(ihre|deine) (position|wartezeit)`, `sobald sie an der reihe sind`,
		`(vous êtes|vous voilà) (maintenant |actuellement )?dans (la|une) file`, `temps d'attente (estimé|approximatif)`,
		`votre (place|position) dans la file`,
		`(estás|está|se encuentra) (ahora )?en (la )?(cola|fila)`, `tiempo (estimado )?de espera`,
		`sei (ora |attualmente )?in coda`, `tempo (stimato )?d[i']? ?attesa`, `você está (agora )?na fila`,
		`tempo (estimado )?de espera`,
		`(je|u) (staat|bent) (nu )?in de (wachtrij|rij)`, `(geschatte )?wachttijd`, `jesteś (teraz )?w kolejce`,
		`(szacowany )?czas oczekiwania`, `du (står|är) (nu )?i kö`, `du (er|står) (nå |nu )?i kø`, `olet (nyt )?jonossa`,
		`jste (nyní )?ve frontě`,
		`(şu anda )?sıradasınız`, `вы (сейчас )?(находитесь )?в очереди`, `(お|ご)?順番(をお|が来|に(ご)?案内)`, `アクセスが(大変)?集中`,
		`(sunteți|ești) (acum )?(în|la) (coadă|rând)`, `(βρίσκεστε|είστε) (τώρα )?στην (ουρά|αναμονή)`,
		`ви (зараз )?(перебуваєте )?в черзі`, `(sorban|várólistán) (állsz|áll|vár)`,
		`(أنت|انت) (الآن )?في (قائمة|طابور) الانتظار`, `(אתה|אתם) (כעת )?בתור`, `anda (sedang )?(berada )?dalam antrean`,
		`(您|你)(正在|已)(进入)?排队`, `(현재 )?대기(열| 순서| 중)`,
	),
}

// closures are what sites say that are being worked on.
var closures = phrases{
	whole: headings(
		`(the |this |our )?(site |website |system |shop |store |service |app )?(is )?(currently |temporarily )?`+
			`(down |offline |closed |unavailable )?((under|in|for|undergoing) )?`+
			`((scheduled|planned|routine|system|site|website) )*maintenance( (mode|page|in progress|work|break|window))?`,
		`(be )?(right )?back (soon|shortly|in a (bit|moment|minute))`, `(we('ll| will) )?be (right )?back`,
		`we('ll| will|'re| are)( be)? (right )?back( (soon|shortly|online|later))?`,
		`we('re| are) (currently |temporarily )?(down|offline|closed|upgrading|updating).{0,40}`,
		`(temporarily|currently) (unavailable|closed|offline|down).{0,30}`, `(coming|opening) back soon`,
		`sorry,? we('re| are) (down|closed|offline).{0,40}`,
		`wartung(sarbeiten|smodus|spause)?`, `(wegen |in )wartung.{0,30}`,
		`(wir sind )?(gleich|bald|in kürze) (wieder )?(da|zurück|für sie da)`,
		`vorübergehend (nicht verfügbar|geschlossen|nicht erreichbar)`,
		`(site |page )?(en )?(cours de )?maintenance( en cours)?`, `(nous (sommes|serons) )?(bientôt )?de retour( bientôt)?`,
		`temporairement indisponible`, `(sitio |página )?(en )?mantenimiento( programado)?`, `volvemos (pronto|enseguida)`,
		`(temporalmente|momentáneamente) (no disponible|fuera de servicio)`,
		`(sito )?in manutenzione`, `(torniamo|torneremo) (presto|subito)`, `(site |página )?(em )?manutenção( programada)?`,
		`voltamos (já|em breve|logo)`, `(onderhoud|in onderhoud|onderhoudsmodus)`, `(we zijn )?zo terug`,
		`(strona )?w (trakcie )?(konserwacji|przebudowie)`, `przerwa techniczna`, `prace (konserwacyjne|serwisowe)`,
		`(planerat )?underhåll`, `(vi är )?(snart )?tillbaka( snart)?`, `(planlagt )?(vedligeholdelse|vedlikehold)`,
		`(vi er )?(snart )?tilbage( snart)?`, `huoltokatko`, `(probíhá )?údržba`, `karbantartás( alatt)?`,
		`bakım(da| çalışması| modu)?`, `(ведутся )?(технические|профилактические) работы`, `сайт на (обслуживании|реконструкции)`,
		`(lavori di |(stiamo effettuando la )|in )?manutenzione( (programmata|straordinaria|in corso))?`,
		`(сайт )?(на )?(техническом обслуживании|техобслуживании)`, `(проводяться |ведуться )?(технічні|профілактичні) роботи`,
		`(сайт )?(на )?(технічному обслуговуванні|обслуговуванні)`, `(site(-ul)? )?(este )?(în )?mentenan[țţt][aăă]( programată)?`,
		`lucrări de mentenanță`,
		`(υπό |σε )?συντήρηση`, `εργασίες συντήρησης`, `(в процес на )?(техническа )?(поддръжка|профилактика)`,
		`(u tijeku je )?održavanje( stranice| u tijeku)?`,
		`(redno )?vzdrževanje`, `(prebieha )?údržba( stránky)?`, `odstávka`, `(plánovaná )?odstávka`, `(tehniline )?hooldus`, `hooldustööd`,
		`(notiek )?(tehnisk(ā|ie) )?(apkope|apkopes darbi)`, `(vykdomi )?(techninė priežiūra|techniniai darbai|priežiūros darbai)`,
		`(taħt )?manutenzjoni`, `(faoi )?chothabháil`, `(en )?manteniment`, `(у току је )?одржавање`,
		`(الموقع )?(تحت |قيد )?(أعمال )?الصيانة`, `صيانة( الموقع| مجدولة)?`, `(האתר )?(ב)?תחזוקה`, `(האתר )?בשיפוצים`,
		`(سایت )?(در حال |در دست )(تعمیر|بروزرسانی|به\x{200C}روزرسانی)`,
		`रखरखाव( जारी है)?`, `(sedang |dalam )?(pemeliharaan|perbaikan)( sistem| situs)?`, `(đang )?bảo trì( hệ thống)?`,
		`(ปิด)?ปรับปรุง(ระบบ|เว็บไซต์)`,
		`(系統|網站)?維護(中|公告)?`,
		`(ただいま)?(システム)?メンテナンス(中|のお知らせ)?`, `(系统|網站|网站)?维护(中|公告)?`, `(시스템 |서버 )?점검( ?중)?`,
	),
	part: anywhere(
		`(site|website|shop|store|service|system|platform|page|app|we) (is|are|'re) (currently |temporarily |now )?`+
			`(down|offline|unavailable|closed|being updated|undergoing|under|in)\b.{0,20}\bmaintenance`,
		`(are|'re) (currently |now )?(performing|doing|carrying out|undergoing) .{0,25}maintenance`,
		`down for (a bit of |some |scheduled |planned )?maintenance`,
		`we('ll| will) be (right )?back (soon|shortly|online|in|later|as soon)`,
		`(please )?(check|come|try) back (again )?(soon|shortly|later|in a)`,
		`(site|website|shop|store|service) is (temporarily|currently) (unavailable|closed|offline|down)`,
		`(wird|werden) (gerade|derzeit|zurzeit|momentan|aktuell) .{0,20}(gewartet|wartung|wartungsarbeiten)`,
		`(derzeit|zurzeit|momentan|aktuell) .{0,20}wartungsarbeiten`,
		`(in kürze|gleich|bald) wieder (da|zurück|verfügbar|erreichbar|für sie da)`,
		`(est|sommes) (actuellement )?en (cours de )?maintenance`, `de retour (très )?(bientôt|vite|rapidement)`,
		`(está|estamos) (actualmente )?en mantenimiento`, `(volveremos|estaremos de vuelta) (pronto|en breve)`,
		`(è|siamo) (attualmente |momentaneamente )?in manutenzione`, `torneremo (presto|online|a breve)`,
		`(está|estamos) em manutenção`, `voltaremos (em breve|logo)`, `(is|zijn) (momenteel |tijdelijk )?in onderhoud`,
		`(weer|snel) terug`, `(trwają|prowadzimy) prace`, `(zaraz|wkrótce) wracamy`,
		`(pågår|genomför) (just nu )?underhåll`, `(strax|snart) tillbaka`, `(snart|straks) (tilbage|tilbake)`,
		`palaamme (pian|kohta)`, `(brzy|za chvíli) (budeme )?zpět`, `bakım çalışması`,
		`(ведутся|проводятся) (технические|профилактические) работы`, `(на|в) техническом обслуживании`,
		`(проводяться|ведуться|тривають) (технічні|профілактичні) роботи`, `lavori di manutenzione`,
		`sito (tornerà|sarà di nuovo) .{0,20}(online|disponibile)`,
		`este (momentan |în prezent )?în mentenanță`, `revenim (în curând|imediat)`, `(βρίσκεται|είναι) (προσωρινά )?(υπό|σε) συντήρηση`,
		`(θα )?(επιστρέψουμε|επανέλθουμε) (σύντομα|σε λίγο)`, `(е|сме) (временно )?в процес на (поддръжка|профилактика)`,
		`(trenutno|privremeno) .{0,20}(održavanj|nedostup)`, `(vraćamo se|vratit ćemo se) (uskoro|brzo)`,
		`(trenutno|začasno) .{0,20}(vzdržev|ni na voljo)`,
		`(práve|momentálne) .{0,12}(prebieha )?(údržb|odstávk)`, `(právě|aktuálně) probíhá údržba`,
		`(hetkel|ajutiselt) .{0,20}(hooldus|pole saadaval)`,
		`(šobrīd|pašlaik) .{0,20}(apkop|nav pieejam)`, `(šiuo metu|laikinai) .{0,20}(priežiūr|techniniai darbai|neveikia)`,
		`karbantartás (alatt|miatt)`,
		`(hamarosan|nemsokára) (visszatérünk|visszajövünk)`, `bakımdadır`, `(huollon|huoltotöiden) (vuoksi|takia)`,
		`(för|på grund av|på grunn af|på grunn av) (underhåll|vedligeholdelse|vedlikehold)`,
		`(midlertidigt|midlertidig|tillfälligt) (lukket|stengt|stängd|nere|utilgjengelig|utilgængelig)`,
		`(bezig met|vanwege|in) (gepland )?onderhoud`,
		`الموقع (تحت|قيد) الصيانة`, `سنعود (قريبا|قريبًا|قريباً|بعد قليل)`, `(האתר|המערכת) (נמצא(ת)? )?ב(תחזוקה|שיפוצים)`,
		`(נשוב|נחזור) בקרוב`, `به زودی (باز ?می\x{200C}?گردیم|برمی\x{200C}?گردیم)`,
		`(sedang|dalam) (pemeliharaan|perbaikan)`, `đang (được )?bảo trì`, `ปิดปรับปรุง`, `रखरखाव (के अधीन|चल रहा)`, `(系统|系統)(維護|维护)中`,
		`(正在|進行)(系統)?維護`,
		`メンテナンス(を(実施|行って)|中です)`, `正在(进行)?(系统)?维护`, `점검 ?중입니다`,
	),
}

// failures are what error pages and applications that failed say.
var failures = phrases{
	whole: headings(
		`(an? )?(unexpected |internal |server |application |unknown )*error( has)?( occurred| happened)?`,
		`(oops|uh[- ]?oh|sorry)[,.!…]* ?(something (went|has gone) wrong|an error (has )?occurred)?`,
		`something (went|has gone) wrong.{0,30}`,
		`(500|502|503|504)( -| –|:)? ?(internal server error|bad gateway|service (temporarily )?unavailable|gateway time-?out|error)?`,
		`(internal server error|bad gateway|service (temporarily )?unavailable|gateway time-?out)`, `application error.{0,90}`,
		`(ein )?(unerwarteter |interner )?(fehler|serverfehler)( ist aufgetreten)?`, `etwas ist schiefgelaufen`,
		`(une )?erreur( interne| est survenue| inattendue| s'est produite)*`, `(un |ha ocurrido un )?error( inesperado| interno)?`,
		`algo (salió|ha salido|fue) mal`, `(si è verificato un )?errore( imprevisto| interno)?`, `qualcosa è andato storto`,
		`(ocorreu um )?erro( inesperado| interno)?`, `algo (deu|correu) (errado|mal)`,
		`(er is )?(een )?fout( opgetreden)?`, `er (is|ging) iets (mis|fout).{0,10}`, `(wystąpił )?(nieoczekiwany )?błąd`,
		`coś poszło nie tak`, `(ett )?fel( uppstod| inträffade)?`, `något gick fel`, `(der opstod |det oppstod )?(en )?feil|fejl`,
		`noget gik galt`, `noe gikk galt`, `jokin meni pieleen`, `(došlo k )?chyb[aě]`, `něco se pokazilo`,
		`bir (hata|sorun) oluştu`, `(произошла )?ошибка`, `что-то пошло не так`, `エラーが発生しました`, `出错了|发生错误`, `오류가 발생했습니다`,
	),
	part: anywhere(
		`(an?|some) (unexpected |internal |unknown )?error (has )?occurred`, `something (went|has gone) wrong`,
		`(could|can)(n't| not|not) (load|connect|reach|fetch|be loaded|be reached)`, `failed to (load|fetch|connect)`,
		`unable to (load|fetch|connect|reach)`, `(service|server) (is )?(temporarily )?(unavailable|not responding)`,
		`application error`, `internal server error`, `(please )?(try again|reload the page|refresh the page)`,
		`(fehler|problem) (ist )?aufgetreten`, `schiefgelaufen`, `(konnte|konnten) nicht geladen werden`,
		`(später )?(erneut|noch einmal) versuchen`, `(erreur|problème) (est survenu|s'est produit)`,
		`impossible de (charger|se connecter)`, `réessaye[rz]`, `(ha ocurrido|se ha producido|ocurrió) un (error|problema)`,
		`algo (salió|ha salido|fue) mal`, `no se (pudo|ha podido|pudieron) cargar`, `(inténtalo|intente|inténtelo) de nuevo`,
		`si è verificato un (errore|problema)`, `andato storto`, `impossibile caricare`, `riprova`, `ocorreu um (erro|problema)`,
		`(deu|correu) (errado|mal)`, `não foi possível (carregar|conectar)`, `tente novamente`, `(fout|probleem) opgetreden`,
		`(mis|fout) gegaan`, `(kon|konden|kan) niet (worden )?(ge)?laden`, `probeer (het )?(later )?opnieuw`,
		`wystąpił (nieoczekiwany )?(błąd|problem)`, `poszło nie tak`, `spróbuj ponownie`,
		`(fel|problem) (uppstod|inträffade)`, `gick fel`, `försök igen`, `(fejl|feil|problem) (opstod|oppstod)`, `(gik|gikk) galt`,
		`prøv igen|prøv igjen`, `meni pieleen`, `yritä uudelleen`, `se pokazilo`, `zkuste to znovu`, `(hata|sorun) oluştu`,
		`tekrar deneyin`, `произошла ошибка`, `пошло не так`, `(попробуйте|повторите) (ещё раз|позже|попытку)`, `エラーが発生`,
		`もう一度お試し`, `(发生|出现)(了)?错误`, `(请)?重试`, `오류가 발생`, `다시 시도`,
	),
}

// waits is all that a page says whose application has not shown anything yet.
var waits = regexp.MustCompile(`(?i)^[\s.…]*(?:` + strings.Join([]string{
	`(?:now )?(?:loading|starting|initiali[sz]ing|preparing)(?: (?:the )?(?:app|application|page|content|data|site))?`,
	`(?:loading|preparing|fetching) your [\p{L}' ]{3,40}`,
	`please wait[,;:.…-]* ?(?:(?:we('re| are) )?loading .{0,60}|we('re| are) .{0,60})`,
	`please wait(?: while .{0,60})?`, `(?:bitte warten|einen moment)[,.…]* .{0,40}(?:geladen|lädt)`,
	`veuillez patienter[,.…]* .{0,40}charge.{0,20}`,
	`(?:espere|por favor,? espere)[,.…]* .{0,20}carga.{0,20}`, `one moment(?: please)?`, `lädt`, `wird geladen`, `laden`, `bitte warten`,
	`chargement(?: en cours)?`, `veuillez patienter`, `cargando`, `espere(?: por favor)?`, `caricamento(?: in corso)?`,
	`attendere(?: prego)?`, `carregando`, `a carregar`, `aguarde`, `bezig met laden`, `even geduld(?: a\.?u\.?b\.?)?`,
	`ładowanie`, `wczytywanie`, `proszę czekać`, `laddar`, `vänta`, `indlæser`, `laster`, `vent (?:venligst|litt)`,
	`ladataan`, `načítání`, `yükleniyor`, `lütfen bekleyin`, `загрузка`, `пожалуйста, подождите`, `読み込み中`, `ロード中`,
	`お待ちください`, `加载中`, `正在加载`, `请稍候`, `로딩 ?중`, `불러오는 중`, `\d{1,3} ?%`,
}, "|") + `)[\s.!…。]*$`)

// needsScripts is what a page says to those without scripts: it is an application.
var needsScripts = Words(`javascript`, `\bscripts?\b`)

// Words of those who are to sign in, or have.
var (
	signInWords = Words(
		`\b(sign|log)[ -]?(in|on|into)\b`, `\blogin\b`, `\b(einloggen|anmelden|anmeldung)\b`,
		`(se connecter|connexion|identifiez-vous|s'identifier)`, `(iniciar|inicia|inicie) sesi[oó]n`, `\bacceder\b`, `\baccedi\b`,
		`\baccesso\b`, `\bentrar\b`, `iniciar sessão`, `\b(inloggen|aanmelden)\b`, `zaloguj|logowanie`, `logga in`, `log ind\b`,
		`logg inn`, `kirjaudu`, `přihlá(si|š)`, `giriş yap|oturum aç`,
		`войти|вход в|авторизаци`, `увійти`, `ログイン|サインイン`, `登录|登入|登錄`, `로그인`,
	)
	signOutWords = Words(
		`\b(sign|log)[ -]?(out|off)\b`, `\blogout\b`, `\b(abmelden|ausloggen|abmeldung)\b`, `déconne(xion|cter)`,
		`cerrar sesi[oó]n`, `\b(esci|disconnetti)\b`, `^(sair|salir)$`, `terminar sessão`, `\b(uitloggen|afmelden)\b`, `wyloguj`,
		`logga ut`, `log ud\b`, `logg ut`, `kirjaudu ulos`, `odhlásit`, `çıkış yap|oturumu kapat`, `выйти|выход`, `вийти`,
		`ログアウト|サインアウト`, `退出登录|登出|註銷`, `로그아웃`,
	)
	newsletterWords = Words(
		`newsletter`, `subscri`, `mailing list`, `\b(updates|offers|news|deals)\b`, `abonnier`, `abonne`, `inscri`, `suscri`,
		`iscriv`, `assin(e|ar|atura)`, `nieuwsbrief`, `prenumer`, `tilmeld`, `nyhedsbrev|nyhetsbrev`, `uutiskirje`, `odběr`,
		`bülten`, `рассылк|подпи`, `メルマガ|購読`, `订阅|訂閱`, `구독`, `notify me|let me know|keep me`, `waitlist|wait list|early access`,
		`%`,
	)
	onwardWords = Words(
		`\b(continue|next|proceed)\b`,
		`(send|email|get) (me )?(a |the |my )?(magic |sign-?in |login |one-time )*(link|code|passcode)`, `^weiter`,
		`suivant|continuer`, `siguiente|continuar`, `avanti|continua`, `seguinte|próximo`, `volgende|doorgaan|verder`,
		`\bdalej\b|kontynuuj`, `nästa|fortsätt`, `næste|fortsæt`, `neste|fortsett`, `seuraava|jatka`, `další|pokračovat`,
		`devam|ileri`, `далее|продолжить`, `次へ|続行|続ける`, `下一步|继续`, `다음|계속`,
	)
	// others are services that sign people in elsewhere.
	others = `(google|microsoft|apple|facebook|github|gitlab|linkedin|twitter|okta|auth0|azure|entra|keycloak|amazon|slack|discord|` +
		`sso|saml|openid|passkey|bankid|franceconnect|itsme|digid|vipps|eidas|line|kakao|naver|yandex|vk|wechat|single sign[- ]?on)`
	// elsewhereWords offer to sign in by such a service.
	elsewhereWords = Words(
		`(continue|sign ?[io]n|log ?in|anmelden|weiter|einloggen|connecter|continuer|sesión|continuar|accedi|continua|entrar|`+
			`doorgaan|inloggen|zaloguj|kontynuuj|logga in|fortsätt|fortsæt|fortsett|log ind|kirjaudu|jatka|přihlásit|pokračovat|войти|продолжить|ログイン|続行|登录|继续|로그인|계속).{0,20}\b`+others+`\b`,
		`\b`+others+`\b.{0,4}(mit|avec|con|com|met|med|で|で|로|으로)?.{0,12}(anmelden|fortfahren|giriş|devam|ログイン|続行|登录|로그인|계속)`,
		`^(use )?(sso|saml|single sign[- ]?on|(your )?(company|work|organi[sz]ation) (account|sso))$`,
	)
	expiredWords = Words(
		`session (has |is |was )?(expired|timed out|ended|invalid)`, `(have been|are|were) (logged|signed) out`,
		`(please|you (must|need to|have to)) (sign|log|be (signed|logged)) ?(in|on)\b`,
		`sitzung ist abgelaufen|sitzung abgelaufen`, `(bitte|müssen sie sich) .{0,12}(anmelden|einloggen)`,
		`bitte melden sie sich an`, `session a expiré`, `veuillez vous (re)?connecter`, `sesión ha (expirado|caducado)`,
		`(inicie|inicia|debe iniciar) sesión`,
		`sessione (è )?scaduta`, `effettua (il login|l'accesso)`, `sessão (expirou|expirada)`, `faça login`, `sessie is verlopen`,
		`log in om`, `sesja wygasła`, `sessionen (har|är) .{0,12}(ut|utgått|löpt ut|utløpt)`,
		`istunto (on )?(vanhentunut|päättynyt)`, `platnost relace`, `oturum(unuz)? .{0,12}(sona erdi|doldu)`,
		`(sie wurden|du wurdest) (automatisch )?abgemeldet`, `sitzung (wurde|ist) .{0,20}beendet`,
		`(vous avez été|êtes) déconnecté`, `se ha cerrado (la|tu|su) sesión`, `(sei stato|sei stata) disconnesso`,
		`сессия (истекла|завершена)`, `セッション.{0,8}(切れ|終了|タイムアウト)`, `(会话|登录).{0,4}(过期|超时|失效)`, `세션.{0,6}만료`,
	)
	// passkeyWords are on buttons of who is to show a key instead of a password; not of who makes one.
	passkeyWords = Words(
		`^(use|try|continue with|sign ?in with|log ?in with|verify with) (a |your |my |the |another )?(passkey|security key|touch id|face id|windows hello)$`,
		`^(mit )?(dem |einem |ihrem )?(passkey|sicherheitsschlüssel) (anmelden|einloggen|verwenden|nutzen|fortfahren)$`,
		`^(utiliser|se connecter avec|continuer avec) (une |votre |la )?(clé d'accès|clé de sécurité|passkey)$`,
		`^(usar|usa|iniciar sesión con|continuar con) (una |tu |su |la )?(clave de acceso|llave de (acceso|seguridad)|passkey)$`,
		`^(usa|accedi con|continua con) (una |la |la tua )?passkey$`, `^(usar|entrar com) (uma |a |sua )?(chave de acesso|passkey)$`,
		`^(gebruik|inloggen met) (een |je |uw )?(passkey|toegangssleutel)$`, `^パスキー(を使用|を使う|でログイン|でサインイン)$`, `^使用(通行密钥|密钥)(登录)?$`,
	)
	// sentCodeWords ask for a code that was sent.
	sentCodeWords = Words(
		`(enter|type) (the |your )?((\d|four|six|eight)[- ]?digit |one[- ]time |verification |security )*(code|passcode) (that )?(we('ve| have)? |was |has been |you )?.{0,12}(sent|e-?mailed|texted)`,
		`(geben sie|gib) .{0,30}code ein`, `(saisissez|entrez) le code .{0,30}(envoyé|reçu)`,
		`(introduce|ingresa|introduzca) el código .{0,30}(enviado|recibido)`,
		`inserisci il codice .{0,30}(inviato|ricevuto)`, `(insira|digite) o código .{0,30}envi`, `voer de code in`,
		`введите код`, `(認証|確認)コードを入力`, `(输入|輸入).{0,8}验证码`, `인증 ?코드를 입력`,
	)
	// sentWords say that the way in was sent.
	sentWords = Words(
		`(sent|e-?mailed) (you )?(an? |the |your )?(e-?mail with an? )?(magic |sign-?in |log-?in |one-time )+(link|code)`,
		`(click|use|follow) the (magic |sign-?in |log-?in )?link .{0,40}to (sign|log) ?in`,
		`(anmelde|login|magic)[- ]?link .{0,30}(gesendet|geschickt)`, `lien (de connexion|magique) .{0,30}envoyé`,
		`enlace (de acceso|mágico|de inicio de sesión)`, `link (di accesso|magico)`, `link de (acesso|login)`, `inloglink|magische link`,
	)
	// idFields are names, labels and autocomplete tokens of fields that say who signs in.
	idFields = Words(
		`user`, `\blogin`, `e-?mail`, `account`, `identif`, `member`, `phone|mobile|\btel\b`, `benutzer|nutzer|kennung`,
		`identifiant|courriel`, `usuario|correo|cuenta`, `utente`, `usuário|conta`, `gebruiker`, `użytkownik`, `användar|konto`,
		`bruger|bruker`, `käyttäjä|sähköposti`, `uživatel`, `kullanıcı|e-?posta`, `логин|почт|телефон`, `ユーザー|メール`,
		`用户|账号|帐号|邮箱|手机`, `아이디|이메일|계정`,
	)
	// signInPaths are the paths of pages to sign in on.
	signInPaths = regexp.MustCompile(`(^|/)(log[-_]?[io]n|sign[-_]?[io]n|log[-_]?on|auth(enticate|orize|entication)?|oauth2?|sso|saml2?|oidc|idp|` +
		`session/new|sessions/new|connexion|anmelden|anmeldung|einloggen|iniciar-sesion|entrar|accedi|inloggen|logowanie|accounts?/(login|sign-?in))(/|\.\w{2,5}$|$)`)
)
