package shown

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tagscan/tagscan/crawler"
)

// circumstances are what a sample's HTML does not tell.
type circumstances struct {
	url, asked string // where they differ from the sample's own
	signIn     *SignIn
	threw      int
	loads      []Load
	calls      []Call
	start      bool // it is where the crawl begins
	ended      string
	recorded   bool // the sign-in is that of a recording which does not sign in
}

func (c circumstances) of(t *testing.T, sample string) *Facts {
	f := factsOf(t, sample)
	if c.url != "" {
		f.URL = c.url
	}
	if c.asked != "" {
		f.Asked = c.asked
	}
	f.Start, f.Ended = c.start, c.ended
	f.SignIn, f.Threw, f.Loads, f.Calls, f.Claimed = c.signIn, c.threw, c.loads, c.calls, !c.recorded
	return f
}

// script is one of the main document.
func script(url string, status int) Load {
	return Load{URL: url, Script: true, Main: true, Status: status, MIME: "text/javascript", Ran: status == 200}
}

// answeredWithPage is a script whose address was answered with a page.
func answeredWithPage(url string) Load {
	return Load{URL: url, Script: true, Main: true, Status: 200, MIME: "text/html"}
}

const (
	bundle   = "https://shop.example/app.js"
	signUp   = `<footer><form><label>Newsletter <input type="email" name="mail" placeholder="Your e-mail"></label><button>Subscribe</button></form></footer>`
	content  = `<h1>Orders</h1><p>You have ordered three jackets and a pair of trousers, and all of it is on its way to you.</p>`
	mailOnly = `<title>Sign in | Shop</title><h1>Sign in</h1><form><input type="email" name="email" placeholder="E-mail"><button>Continue</button></form>`
)

// Odd pages that are the pages that were asked for, in every circumstance that could make one doubt it.
func TestOddPagesArePages(t *testing.T) {
	session := &SignIn{}
	for name, c := range map[string]struct {
		sample string
		circumstances
	}{
		"a word":                                       {sample: `<p>Hello</p>`},
		"nothing at all":                               {sample: ``},
		"a page for counting":                          {sample: `<script>new Image().src = "https://v.example/px"</script>`},
		"a blank page with a place":                    {sample: `<div id="out"></div><script>fetch("/c")</script>`},
		"coming soon":                                  {sample: `<title>Coming soon</title><h1>Coming soon</h1><p>A shop for jackets.</p>`},
		"not there, and says come back":                {sample: "404\n\n<h1>Back soon</h1>"},
		"a page for counting by a script":              {sample: `<script src="/count.js"></script>`, circumstances: circumstances{loads: []Load{script("https://shop.example/count.js", 200)}}},
		"a picture alone":                              {sample: `<div id="root"></div><img src="/map.png">`},
		"a canvas alone":                               {sample: `<div id="app"><canvas></canvas></div><script src="/game.js"></script>`, circumstances: circumstances{loads: []Load{script("https://shop.example/game.js", 200)}}},
		"a map in a frame":                             {sample: `<iframe src="https://maps.example/embed" width="600" height="400"></iframe>`},
		"an empty root beside content":                 {sample: `<div id="root"></div>` + ordinary("")},
		"a place for overlays":                         {sample: `<div id="app"><p>Hello</p></div><div id="modal-root"></div>`},
		"contact form with a puzzle":                   {sample: form(`<div class="cf-turnstile"></div><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>`)},
		"log-in form with a puzzle":                    {sample: `<h1>Log in</h1><form><input name="user"><input type="password" name="pw"><div class="g-recaptcha"></div><button>Log in</button></form>`},
		"a script of statistics is missing":            {sample: ordinary(`<script src="https://stats.example/a.js"></script>`), circumstances: circumstances{loads: []Load{script("https://stats.example/a.js", 404)}}},
		"a tiny page with a missing script":            {sample: tiny(`<script src="/js/stats.js"></script>`), circumstances: circumstances{loads: []Load{script("https://shop.example/js/stats.js", 404)}}},
		"a tiny page whose script threw":               {sample: tiny(`<script>x</script>`), circumstances: circumstances{threw: 1}},
		"content and a script that threw":              {sample: ordinary(""), circumstances: circumstances{threw: 3}},
		"content and a service that failed":            {sample: ordinary(""), circumstances: circumstances{calls: []Call{{URL: bundle, Status: 500}}}},
		"loaded and then something":                    {sample: `<div id="app"><p>Loading reviews…</p>` + ordinary("") + `</div>`, circumstances: circumstances{calls: []Call{{URL: bundle, Status: 200}}}},
		"an article about captchas":                    {sample: `<title>Captchas</title><h1>Are you human?</h1><p>` + long + long + long + `</p><div class="h-captcha-example">□ I am not a robot</div><a href="/">Blog</a>`},
		"an article about an outage":                   {sample: `<title>What happened on Monday</title><h1>What happened on Monday</h1><p>Our shop was down for maintenance for longer than planned. ` + long + `</p><a href="/">Blog</a>`},
		"an article about maintenance":                 {sample: `<title>Maintenance of your bicycle</title><h1>Maintenance of your bicycle</h1><p>Oil the chain. Pump up the tyres.</p><a href="/">Blog</a>`},
		"a shop that sells maintenance":                {sample: ordinary(`<p>We are back soon with more on website maintenance.</p>`)},
		"a status page":                                {sample: `<h1>All systems work</h1><p>No maintenance is planned. Past incidents: Monday, something went wrong.</p>`},
		"a page that was not found, says itself":       {sample: `<title>Page not found</title><h1>Page not found</h1><p>There is nothing here.</p>`},
		"a doctor's waiting room":                      {sample: `<title>Dr Ames</title><h1>The practice</h1><p>Our waiting room is on the first floor, please ring twice.</p>`},
		"a shop with a link to sign in":                {sample: ordinary(`<a href="/login">Sign in</a>` + signUp)},
		"the same, led to its language":                {sample: ordinary(`<a href="/login">Sign in</a>` + signUp), circumstances: circumstances{url: "https://shop.example/en/p"}},
		"a sign-in page that was asked for":            {sample: mailOnly},
		"an anonymous visitor's application":           {sample: `<div id="root">` + ordinary(`<button>Sign in</button>`) + `</div>`, circumstances: circumstances{calls: []Call{{URL: "https://shop.example/api/me", Status: 401}, {URL: "https://shop.example/api/products", Status: 200}}}},
		"an anonymous visitor's whole shop":            {sample: `<div id="root">` + ordinary(`<button>Sign in</button>`) + `</div>`, circumstances: circumstances{calls: []Call{{URL: "https://shop.example/api/me", Status: 401}}}},
		"signed in, with a newsletter":                 {sample: content + `<button>Log out</button>` + signUp, circumstances: circumstances{signIn: session}},
		"signed in, with a newsletter, no way out":     {sample: content + signUp, circumstances: circumstances{signIn: session}},
		"signed in, one service of others refuses":     {sample: content + `<button>Log out</button>`, circumstances: circumstances{signIn: session, calls: []Call{{URL: "https://shop.example/api/admin", Status: 403}, {URL: "https://shop.example/api/me", Status: 200}, {URL: "https://shop.example/api/orders", Status: 200}}}},
		"signed in, the token was renewed":             {sample: content, circumstances: circumstances{signIn: session, calls: []Call{{URL: "https://shop.example/api/me", Status: 200}, {URL: "https://shop.example/token", Status: 200}}}},
		"signed in, to name oneself anew":              {sample: `<h1>Your name</h1><form><input name="user" autocomplete="username"><button>Save</button></form>`, circumstances: circumstances{signIn: session}},
		"signed in, to add a passkey":                  {sample: `<h1>Security</h1><p>Passkeys are safer than passwords.</p><button>Add a passkey</button>`, circumstances: circumstances{signIn: session}},
		"signed in, about codes":                       {sample: ordinary(`<p>To pay, we may ask you for a code that we sent you.</p>`), circumstances: circumstances{signIn: session}},
		"signed in, a voucher":                         {sample: `<h1>Vouchers</h1><form><label>Enter your voucher code <input name="voucher"></label><button>Redeem</button></form>`, circumstances: circumstances{signIn: session}},
		"signed in, although a cookie went":            {sample: content + `<button>Log out</button>`, circumstances: circumstances{signIn: session, ended: "a cookie went"}},
		"nobody was to be signed in":                   {sample: ordinary(`<button>Sign in</button>`), circumstances: circumstances{calls: []Call{{URL: "https://shop.example/api/me", Status: 200, Nobody: true}}}},
		"signed in, another service does not know one": {sample: ordinary(""), circumstances: circumstances{signIn: session, calls: []Call{{URL: "https://shop.example/chat", Status: 200, Nobody: true}, {URL: "https://shop.example/api/me", Status: 200}}}},
		"signed in, a public page":                     {sample: ordinary(`<a href="/login">Sign in</a>`), circumstances: circumstances{signIn: session}},
		"signed in, to change one's address":           {sample: `<h1>Your account</h1><form><input type="email" name="email" autocomplete="email"><button>Save</button></form><a href="/out">Sign out</a>`, circumstances: circumstances{signIn: session}},
		"signed in, a page to set a new password":      {sample: `<h1>New password</h1><form><input name="new"><button>Save</button></form><a href="/out">Log out</a>`, circumstances: circumstances{signIn: session}},
		"what signed-in users see is there":            {sample: mailOnly, circumstances: circumstances{signIn: &SignIn{Selector: "form"}}},
		"a recording of a visitor's choice":            {sample: `<div id="root">` + ordinary(`<button>Sign in</button>`) + `</div>`, circumstances: circumstances{signIn: session, recorded: true, calls: []Call{{URL: "https://shop.example/api/me", Status: 401}}}},
		"led to a page to subscribe":                   {sample: `<h1>Our newsletter</h1>` + signUp, circumstances: circumstances{asked: "https://shop.example/newsletter", url: "https://shop.example/subscribe"}},
		"led to a page with comments by others":        {sample: `<h1>News</h1><p>` + long + long + long + long + long + long + `</p><button>Log in with Google to comment</button>`, circumstances: circumstances{url: "https://shop.example/news/1"}},
		"nothing at all, that was linked to":           {sample: ``},
		"a counter, where the crawl begins":            {sample: `<script>new Image().src = "https://v.example/px"</script>`, circumstances: circumstances{start: true}},
		"a word, where the crawl begins":               {sample: `<p>Hello</p>`, circumstances: circumstances{start: true}},
		"coming soon, of one product":                  {sample: ordinary(`<h2>Coming soon</h2><p>Green jackets</p>`), circumstances: circumstances{start: true}},
		"not found, of a search":                       {sample: ordinary(`<h2>Not found</h2><p>No jacket of that name.</p><p>` + long + `</p>`), circumstances: circumstances{start: true}},
		"a list of files":                              {sample: `<title>Index of /</title><h1>Index of /</h1><pre><a href="../">../</a></pre>`, circumstances: circumstances{start: true}},
		"an article about VPNs":                        {sample: `<title>VPN or proxy?</title><h1>VPN or proxy?</h1><p>Which of them you need. ` + long + `</p><a href="/">Blog</a>`},
		"about cookies":                                {sample: `<title>Cookies</title><h1>Cookies</h1><p>How to enable cookies in your browser. ` + long + long + `</p><a href="/">Shop</a>`},
		"about a fatal error":                          {sample: `<title>How to mend PHP</title><h1>How to mend PHP</h1><p>If you see Fatal error: Uncaught Error, look at the line. ` + long + `</p><a href="/">Blog</a>`},
		"a product that is not available here":         {sample: ordinary(`<p>This service is not available in your country.</p><p>` + long + `</p>`)},
		"a form with a puzzle":                         {sample: form(`<label>Type the characters shown in the picture <input name="code"></label>`)},
		"busy with one part":                           {sample: ordinary(`<div aria-busy="true">Loading reviews…</div>`)},
		"of maintenance, in Greek":                     {sample: `<title>Συντήρηση κτιρίων</title><h1>Συντήρηση κτιρίων</h1><p>Καθαρισμός και επισκευές για το κτίριό σας.</p><a href="/">Αρχική</a>`},
		"of maintenance, in Italian":                   {sample: `<title>Manutenzione caldaie</title><h1>Manutenzione caldaie a Roma</h1><p>Chiamateci per un preventivo.</p><a href="/">Home</a>`},
		"a place to wait in, in Japanese":              {sample: `<title>山田医院</title><h1>診療案内</h1><p>待合室は一階です。</p>`},
		"an article about age":                         {sample: `<title>Age verification in Europe</title><h1>Age verification in Europe</h1><p>` + long + `</p><a href="/">Blog</a>`},
		"a question of age over a shop":                {sample: ordinary(`<div role="dialog"><h2>Are you over 18?</h2><button>Yes</button></div>` + `<p>` + long + `</p>`)},
		"a question of age over a small page":          {sample: ageOver(`position:fixed;inset:0;background:#222`, `<a href="/about">About</a>`+long)},
		"the same, half to be seen through":            {sample: ageOver(`position:fixed;inset:0;background:#222c`, `<a href="/about">About</a>`+long)},
		"a page about browsers":                        {sample: ordinary(`<h2>Supported browsers</h2><p>Please use a modern browser. Old browsers are not supported.</p>`)},
		"a shop for domains":                           {sample: ordinary(`<p>Buy this domain today.</p>`)},
		"coming soon, of a product":                    {sample: ordinary(`<h2>Coming soon</h2><p>Green jackets</p>`)},
	} {
		f := c.of(t, c.sample)
		f.Match = c.signIn != nil && c.signIn.Selector != ""
		if got := f.Instead(); got != nil {
			assert.Fail(t, "a page was not taken for one", "%s: %s", name, got.Reason())
		}
	}
}

// ageOver is a page with a question for the visitor's age in a layer over it.
func ageOver(style, beneath string) string {
	return `<title>Wine merchant</title><h1>Wine merchant</h1><p>` + beneath + `</p><div role="dialog" style="` + style + `"><h2>Are you 18 or older?</h2>
		<p>You must be of legal drinking age to enter this site.</p><button>Yes, I am over 18</button><button>No, leave</button></div>`
}

// Pages that are not those that were asked for.
func TestWhatIsShownInsteadIsTold(t *testing.T) {
	session := &SignIn{}
	app := func(threw int, loads []Load, calls ...Call) circumstances {
		return circumstances{threw: threw, loads: loads, calls: calls}
	}
	for name, c := range map[string]struct {
		kind   crawler.GapKind
		sample string
		circumstances
	}{
		"an age layer over nothing":                 {crawler.GapPageBlocked, ageOver("position:fixed;inset:0", ""), circumstances{}},
		"an age layer over a link":                  {crawler.GapPageBlocked, ageOver("position:fixed;inset:0", `<a href="/imprint">Imprint</a>`), circumstances{}},
		"an age layer over a footer":                {crawler.GapPageBlocked, ageOver("position:fixed;inset:0", `<footer><a href="/imprint">Imprint</a>`+long+`</footer>`), circumstances{}},
		"an age question beside another layer":      {crawler.GapPageBlocked, `<title>Wine</title><h1>Are you over 18?</h1><p>You must be of legal drinking age to enter this site. ` + long + `</p><a href="/a">A</a><div role="dialog">News</div>`, circumstances{}},
		"503, come again":                           {crawler.GapMaintenance, "503\nRetry-After: 120\n\n<h1>Busy</h1>", circumstances{}},
		"maintenance that answers 200":              {crawler.GapMaintenance, `<title>Shop</title><h1>We'll be back soon!</h1><p>Sorry for the inconvenience. We are performing some maintenance at the moment.</p><a href="mailto:x@shop.example">Contact</a>`, circumstances{}},
		"maintenance with a field":                  {crawler.GapMaintenance, `<title>Under maintenance</title><h1>Under maintenance</h1><form><input type="email" name="mail" placeholder="Notify me"><button>Send</button></form>`, circumstances{}},
		"Wartung":                                   {crawler.GapMaintenance, `<title>Wartungsarbeiten</title><p>Der Shop ist in Kürze wieder da.</p>`, circumstances{}},
		"maintenance en cours":                      {crawler.GapMaintenance, `<h1>Site en maintenance</h1><p>Nous serons bientôt de retour.</p>`, circumstances{}},
		"mantenimiento":                             {crawler.GapMaintenance, `<p>Estamos en mantenimiento. Volveremos pronto.</p>`, circumstances{}},
		"manutenzione":                              {crawler.GapMaintenance, `<title>Sito in manutenzione</title><p>A presto.</p>`, circumstances{}},
		"onderhoud":                                 {crawler.GapMaintenance, `<p>Deze site is momenteel in onderhoud.</p>`, circumstances{}},
		"технические работы":                        {crawler.GapMaintenance, `<h1>Ведутся технические работы</h1>`, circumstances{}},
		"メンテナンス":                                    {crawler.GapMaintenance, `<h1>メンテナンス中</h1><p>しばらくお待ちください。</p>`, circumstances{}},
		"an error that answers 200":                 {crawler.GapMaintenance, `<title>Error</title><h1>Something went wrong</h1><p>Please try again later.</p>`, circumstances{}},
		"bad gateway that answers 200":              {crawler.GapMaintenance, `<title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>nginx`, circumstances{}},
		"are you over 18":                           {crawler.GapPageBlocked, `<title>Wine</title><h1>Are you over 18?</h1><p>You must be of legal drinking age to enter this site.</p><button>Yes</button><button>No</button>`, circumstances{}},
		"Altersprüfung":                             {crawler.GapPageBlocked, `<h1>Altersprüfung</h1><p>Bitte gib dein Geburtsdatum ein.</p>`, circumstances{}},
		"mayor de edad":                             {crawler.GapPageBlocked, `<h1>¿Eres mayor de edad?</h1><button>Sí</button><button>No</button>`, circumstances{}},
		"another browser, please":                   {crawler.GapPageBlocked, `<title>Shop</title><h1>Your browser is not supported</h1><p>Please update your browser to continue.</p>`, circumstances{}},
		"navigateur":                                {crawler.GapPageBlocked, `<h1>Votre navigateur n'est pas pris en charge</h1>`, circumstances{}},
		"a server without a site":                   {crawler.GapMaintenance, `<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is successfully installed and working.</p>`, circumstances{}},
		"Apache's own page":                         {crawler.GapMaintenance, `<title>Apache2 Debian Default Page: It works</title><p>Replace this file (located at /var/www/html/index.html) before continuing to operate your HTTP server.</p>`, circumstances{}},
		"an account that was closed":                {crawler.GapMaintenance, `<title>Account Suspended</title><h1>Account Suspended</h1><p>This account has been suspended.</p>`, circumstances{}},
		"closed: Manutenzione":                      {crawler.GapMaintenance, `<title>Manutenzione</title><h1>Manutenzione</h1><p>Stiamo effettuando lavori di manutenzione. Il sito tornerà presto online.</p>`, circumstances{}},
		"closed, in a sentence: Manutenzione":       {crawler.GapMaintenance, `<title>Shop</title><p>Stiamo effettuando lavori di manutenzione. Il sito tornerà presto online.</p>`, circumstances{}},
		"closed: Mentenanță":                        {crawler.GapMaintenance, `<title>Mentenanță</title><h1>Mentenanță</h1><p>Site-ul este momentan în mentenanță. Revenim în curând.</p>`, circumstances{}},
		"closed, in a sentence: Mentenanță":         {crawler.GapMaintenance, `<title>Shop</title><p>Site-ul este momentan în mentenanță. Revenim în curând.</p>`, circumstances{}},
		"closed: صيانة":                             {crawler.GapMaintenance, `<title>صيانة</title><h1>صيانة</h1><p>الموقع تحت الصيانة حاليا. سنعود قريبا.</p>`, circumstances{}},
		"closed, in a sentence: صيانة":              {crawler.GapMaintenance, `<title>Shop</title><p>الموقع تحت الصيانة حاليا. سنعود قريبا.</p>`, circumstances{}},
		"closed: Συντήρηση":                         {crawler.GapMaintenance, `<title>Συντήρηση</title><h1>Συντήρηση</h1><p>Ο ιστότοπος βρίσκεται υπό συντήρηση. Θα επιστρέψουμε σύντομα.</p>`, circumstances{}},
		"closed, in a sentence: Συντήρηση":          {crawler.GapMaintenance, `<title>Shop</title><p>Ο ιστότοπος βρίσκεται υπό συντήρηση. Θα επιστρέψουμε σύντομα.</p>`, circumstances{}},
		"closed: Технічні роботи":                   {crawler.GapMaintenance, `<title>Технічні роботи</title><h1>Технічні роботи</h1><p>На сайті проводяться технічні роботи. Спробуйте пізніше.</p>`, circumstances{}},
		"closed, in a sentence: Технічні роботи":    {crawler.GapMaintenance, `<title>Shop</title><p>На сайті проводяться технічні роботи. Спробуйте пізніше.</p>`, circumstances{}},
		"closed: Техническое":                       {crawler.GapMaintenance, `<title>Техническое</title><h1>Техническое</h1><p>Сайт находится на техническом обслуживании.</p>`, circumstances{}},
		"closed, in a sentence: Техническое":        {crawler.GapMaintenance, `<title>Shop</title><p>Сайт находится на техническом обслуживании.</p>`, circumstances{}},
		"closed: תחזוקה":                            {crawler.GapMaintenance, `<title>תחזוקה</title><h1>תחזוקה</h1><p>האתר נמצא בתחזוקה. נשוב בקרוב.</p>`, circumstances{}},
		"closed, in a sentence: תחזוקה":             {crawler.GapMaintenance, `<title>Shop</title><p>האתר נמצא בתחזוקה. נשוב בקרוב.</p>`, circumstances{}},
		"closed: Поддръжка":                         {crawler.GapMaintenance, `<title>Поддръжка</title><h1>Поддръжка</h1><p>Сайтът е временно в процес на поддръжка.</p>`, circumstances{}},
		"closed, in a sentence: Поддръжка":          {crawler.GapMaintenance, `<title>Shop</title><p>Сайтът е временно в процес на поддръжка.</p>`, circumstances{}},
		"closed: Održavanje":                        {crawler.GapMaintenance, `<title>Održavanje</title><h1>Održavanje</h1><p>Stranica je trenutno nedostupna zbog održavanja.</p>`, circumstances{}},
		"closed, in a sentence: Održavanje":         {crawler.GapMaintenance, `<title>Shop</title><p>Stranica je trenutno nedostupna zbog održavanja.</p>`, circumstances{}},
		"closed: Vzdrževanje":                       {crawler.GapMaintenance, `<title>Vzdrževanje</title><h1>Vzdrževanje</h1><p>Stran je začasno ni na voljo.</p>`, circumstances{}},
		"closed, in a sentence: Vzdrževanje":        {crawler.GapMaintenance, `<title>Shop</title><p>Stran je začasno ni na voljo.</p>`, circumstances{}},
		"closed: Odstávka":                          {crawler.GapMaintenance, `<title>Odstávka</title><h1>Odstávka</h1><p>Momentálne prebieha údržba.</p>`, circumstances{}},
		"closed, in a sentence: Odstávka":           {crawler.GapMaintenance, `<title>Shop</title><p>Momentálne prebieha údržba.</p>`, circumstances{}},
		"closed: Hooldustööd":                       {crawler.GapMaintenance, `<title>Hooldustööd</title><h1>Hooldustööd</h1><p>Leht on hetkel hoolduses.</p>`, circumstances{}},
		"closed, in a sentence: Hooldustööd":        {crawler.GapMaintenance, `<title>Shop</title><p>Leht on hetkel hoolduses.</p>`, circumstances{}},
		"closed: Apkope":                            {crawler.GapMaintenance, `<title>Apkope</title><h1>Apkope</h1><p>Vietne šobrīd nav pieejama.</p>`, circumstances{}},
		"closed, in a sentence: Apkope":             {crawler.GapMaintenance, `<title>Shop</title><p>Vietne šobrīd nav pieejama.</p>`, circumstances{}},
		"closed: Techninė priežiūra":                {crawler.GapMaintenance, `<title>Techninė priežiūra</title><h1>Techninė priežiūra</h1><p>Svetainė laikinai neveikia.</p>`, circumstances{}},
		"closed, in a sentence: Techninė priežiūra": {crawler.GapMaintenance, `<title>Shop</title><p>Svetainė laikinai neveikia.</p>`, circumstances{}},
		"closed: Karbantartás":                      {crawler.GapMaintenance, `<title>Karbantartás</title><h1>Karbantartás</h1><p>Oldalunk karbantartás alatt áll. Hamarosan visszatérünk.</p>`, circumstances{}},
		"closed, in a sentence: Karbantartás":       {crawler.GapMaintenance, `<title>Shop</title><p>Oldalunk karbantartás alatt áll. Hamarosan visszatérünk.</p>`, circumstances{}},
		"closed: Pemeliharaan":                      {crawler.GapMaintenance, `<title>Pemeliharaan</title><h1>Pemeliharaan</h1><p>Situs sedang pemeliharaan.</p>`, circumstances{}},
		"closed, in a sentence: Pemeliharaan":       {crawler.GapMaintenance, `<title>Shop</title><p>Situs sedang pemeliharaan.</p>`, circumstances{}},
		"closed: Bảo trì":                           {crawler.GapMaintenance, `<title>Bảo trì</title><h1>Bảo trì</h1><p>Hệ thống đang bảo trì.</p>`, circumstances{}},
		"closed, in a sentence: Bảo trì":            {crawler.GapMaintenance, `<title>Shop</title><p>Hệ thống đang bảo trì.</p>`, circumstances{}},
		"closed: Huoltokatko":                       {crawler.GapMaintenance, `<title>Huoltokatko</title><h1>Huoltokatko</h1><p>Sivusto on tilapäisesti poissa käytöstä huollon vuoksi.</p>`, circumstances{}},
		"closed, in a sentence: Huoltokatko":        {crawler.GapMaintenance, `<title>Shop</title><p>Sivusto on tilapäisesti poissa käytöstä huollon vuoksi.</p>`, circumstances{}},
		"closed: Vedlikehold":                       {crawler.GapMaintenance, `<title>Vedlikehold</title><h1>Vedlikehold</h1><p>Nettstedet er midlertidig utilgjengelig på grunn av vedlikehold.</p>`, circumstances{}},
		"closed, in a sentence: Vedlikehold":        {crawler.GapMaintenance, `<title>Shop</title><p>Nettstedet er midlertidig utilgjengelig på grunn av vedlikehold.</p>`, circumstances{}},
		"closed: Be right back":                     {crawler.GapMaintenance, `<title>Be right back</title><h1>Be right back</h1><p>We are giving our shop a polish and will be back at 6 pm.</p>`, circumstances{}},
		"a crowd, in Japanese":                      {crawler.GapQueue, `<title>お待ちください</title><h1>ただいまアクセスが集中しております</h1><p>順番にご案内しておりますので、このまましばらくお待ちください。待ち時間 約10分</p>`, circumstances{}},
		"nothing at all, where the crawl begins":    {crawler.GapEmptyPage, ``, circumstances{start: true}},
		"characters in a picture":                   {crawler.GapWall, `<title>Please verify</title><h1>One moment</h1><p>To protect our shop, please type the characters shown in the picture.</p><form><img src="/pic.png"><input name="answer"><button>Continue</button></form>`, circumstances{}},
		"another country":                           {crawler.GapPageBlocked, `<title>Unavailable</title><h1>Sorry, this content is not available in your region</h1><p>We are engaged on this issue.</p>`, circumstances{}},
		"legal reasons":                             {crawler.GapPageBlocked, `<h1>451: Unavailable due to legal reasons</h1><p>You are attempting to access this website from a country belonging to the European Economic Area.</p>`, circumstances{}},
		"PHP":                                       {crawler.GapMaintenance, `<b>Fatal error</b>:  Uncaught PDOException: SQLSTATE[HY000] [2002] Connection refused in /var/www/html/index.php:12`, circumstances{}},
		"PHP, at length":                            {crawler.GapMaintenance, `PHP Fatal error: Uncaught Error in index.php:12 Stack trace: #0 ` + long + long, circumstances{}},
		"a database":                                {crawler.GapMaintenance, `<p>Error establishing a database connection</p>`, circumstances{}},
		"a bucket":                                  {crawler.GapMaintenance, `<p>This XML file does not appear to have any style information associated with it. The document tree is shown below.</p> &lt;Error&gt; &lt;Code&gt;AccessDenied&lt;/Code&gt; &lt;Message&gt;Access Denied&lt;/Message&gt; &lt;/Error&gt;`, circumstances{}},
		"a proxy of the server":                     {crawler.GapMaintenance, `<pre>upstream connect error or disconnect/reset before headers. reset reason: connection failure</pre>`, circumstances{}},
		"no such page, where the crawl begins":      {crawler.GapPageBlocked, `<title>Page not found</title><h1>404 - Page not found</h1><p>The page you were looking for does not exist.</p>`, circumstances{start: true}},
		"Seite nicht gefunden":                      {crawler.GapPageBlocked, `<title>Shop</title><h1>Seite nicht gefunden</h1>`, circumstances{start: true}},
		"what is to come, where the crawl begins":   {crawler.GapMaintenance, `<title>Coming soon</title><h1>Coming soon</h1><p>We are launching soon. Come back in spring.</p>`, circumstances{start: true}},
		"busy for ever":                             {crawler.GapEmptyPage, `<div id="root" aria-busy="true"><div></div><span>Please wait, loading your dashboard</span></div><script src="/app.js"></script>`, circumstances{}},
		"busy for ever, without a word":             {crawler.GapEmptyPage, `<main aria-busy="true"><div></div></main><script src="/app.js"></script>`, circumstances{}},
		"a domain for sale":                         {crawler.GapMaintenance, `<h1>This domain is for sale</h1><p>Buy this domain.</p>`, circumstances{}},
		"the bundle is missing":                     {crawler.GapEmptyPage, `<title>Shop</title><div id="root"></div><script src="/app.js"></script>`, app(0, []Load{script(bundle, 404)})},
		"the bundle failed":                         {crawler.GapEmptyPage, `<div id="app"></div><script src="/app.js"></script>`, app(0, []Load{script(bundle, 500)})},
		"the bundle is a page":                      {crawler.GapEmptyPage, `<div id="root"></div><script src="/app.js"></script>`, app(1, []Load{answeredWithPage(bundle)})},
		"the bundle was not reached":                {crawler.GapEmptyPage, `<div id="root"></div><script src="/app.js"></script>`, app(0, []Load{{URL: bundle, Script: true, Main: true, Failed: "net::ERR_CONNECTION_REFUSED"}})},
		"the bundle of another host":                {crawler.GapEmptyPage, `<div id="root"></div><script src="https://cdn.example/app.js"></script>`, app(0, []Load{script("https://cdn.example/app.js", 404)})},
		"the bundle threw":                          {crawler.GapEmptyPage, `<div id="root"></div><script src="/app.js"></script>`, app(1, []Load{script(bundle, 200)})},
		"the bundle shows nothing":                  {crawler.GapEmptyPage, `<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div><script src="/app.js"></script>`, app(0, []Load{script(bundle, 200)})},
		"no mark but a missing script":              {crawler.GapEmptyPage, `<script src="/x.js"></script>`, app(0, []Load{script("https://shop.example/x.js", 404)})},
		"an empty root under a footer":              {crawler.GapEmptyPage, `<div id="root"></div><footer>Shop Ltd, 1 Road</footer><script src="/app.js"></script>`, app(0, []Load{script(bundle, 404)})},
		"loading for ever":                          {crawler.GapEmptyPage, `<div id="root"><svg></svg>Loading…</div><script src="/app.js"></script>`, app(0, []Load{script(bundle, 404)})},
		"loading for ever, back end silent":         {crawler.GapEmptyPage, `<div id="root">Loading...</div>`, app(0, []Load{script(bundle, 200)}, Call{URL: "https://shop.example/api"})},
		"the back end failed":                       {crawler.GapEmptyPage, `<div id="root"><nav><a href="/a">A</a></nav><p>Oops, we could not load your data. Please try again.</p></div>`, app(0, []Load{script(bundle, 200)}, Call{URL: "https://shop.example/api", Status: 500})},
		"the application gave up":                   {crawler.GapEmptyPage, `<div id="__next"><h2>Application error: a client-side exception has occurred</h2></div>`, app(1, []Load{script(bundle, 200)})},
		"a password":                                {crawler.GapLogin, `<h1>Welcome</h1><form><input name="u"><input type="password" name="p"></form>`, circumstances{signIn: session}},
		"an e-mail address only":                    {crawler.GapLogin, mailOnly, circumstances{signIn: session, url: "https://shop.example/login?next=/orders"}},
		"an e-mail address only, elsewhere":         {crawler.GapLogin, mailOnly, circumstances{asked: "https://shop.example/account", url: "https://shop.example/login"}},
		"a magic link":                              {crawler.GapLogin, `<title>Log in</title><form><input type="email" autocomplete="username webauthn"><button>Send me a magic link</button></form>`, circumstances{signIn: session}},
		"a service of others":                       {crawler.GapLogin, `<h1>Welcome back</h1><button>Continue with Google</button><button>Continue with Okta</button>`, circumstances{signIn: session}},
		"the company's service":                     {crawler.GapLogin, `<h1>Acme</h1><button>Single sign-on</button>`, circumstances{signIn: session}},
		"Mit Google anmelden":                       {crawler.GapLogin, `<h1>Willkommen</h1><button>Mit Google anmelden</button>`, circumstances{asked: "https://shop.example/konto", url: "https://shop.example/start"}},
		"Google でログイン":                              {crawler.GapLogin, `<button>Googleでログイン</button>`, circumstances{signIn: session}},
		"a user name first":                         {crawler.GapLogin, `<title>Anmelden</title><form><input name="identifier" placeholder="Benutzername"><button>Weiter</button></form>`, circumstances{signIn: session}},
		"the session has expired":                   {crawler.GapLogin, `<p>Your session has expired.</p><a href="/start">Start again</a>`, circumstances{signIn: session}},
		"welcome back, at the same address":         {crawler.GapLogin, `<title>Welcome back</title><h1>Welcome back</h1><form><label>E-mail<input type="email" name="identifier" autocomplete="username"></label><button>Continue</button></form>`, circumstances{signIn: session}},
		"a passkey":                                 {crawler.GapLogin, `<h1>Portal</h1><button>Use your passkey</button><button>Use another device</button>`, circumstances{signIn: session}},
		"Mit Passkey anmelden":                      {crawler.GapLogin, `<h1>Portal</h1><button>Mit Passkey anmelden</button>`, circumstances{signIn: session}},
		"a code by mail":                            {crawler.GapLogin, `<h1>Check your inbox</h1><p>Enter the 6-digit code we sent you.</p><form><input autocomplete="one-time-code"><button>Verify</button></form>`, circumstances{signIn: session}},
		"a code in six fields":                      {crawler.GapLogin, `<h1>Check your inbox</h1><p>Enter the 6-digit code we sent you.</p><form><input><input><input><input><input><input></form>`, circumstances{signIn: session}},
		"a link by mail":                            {crawler.GapLogin, `<h1>Check your e-mail</h1><p>We have sent you a magic link.</p>`, circumstances{signIn: session}},
		"abgemeldet":                                {crawler.GapLogin, `<h1>Sie wurden abgemeldet</h1><p>Aus Sicherheitsgründen.</p>`, circumstances{signIn: session}},
		"the session has ended":                     {crawler.GapLogin, ordinary(""), circumstances{signIn: session, ended: "the session's cookies have expired"}},
		"an answer says that nobody is there":       {crawler.GapLogin, ordinary(`<p>` + long + long + `</p>`), circumstances{signIn: session, calls: []Call{{URL: "https://shop.example/api/me", Status: 200, Nobody: true}, {URL: "https://shop.example/api/products", Status: 200}}}},
		"all answers say it":                        {crawler.GapLogin, ordinary(`<p>` + long + long + `</p>`), circumstances{signIn: session, calls: []Call{{URL: "https://shop.example/graphql", Status: 200, Nobody: true}}}},
		"401":                                       {crawler.GapLogin, "401\n\n<h1>Who are you?</h1>", circumstances{signIn: session}},
		"all services refuse":                       {crawler.GapLogin, `<div id="root"><h1>Dashboard</h1></div>`, circumstances{signIn: session, calls: []Call{{URL: "https://shop.example/api/me", Status: 401}, {URL: "https://shop.example/api/orders", Status: 401}}}},
		"nobody is signed in, and content":          {crawler.GapLogin, ordinary(`<a href="/login">Log in</a>`), circumstances{signIn: session, calls: []Call{{URL: "https://shop.example/api/me", Status: 401}, {URL: "https://shop.example/api/products", Status: 200}}}},
		"what signed-in users see is not":           {crawler.GapLogin, ordinary(""), circumstances{signIn: &SignIn{Selector: ".menu"}}},
		"not where signed-in users are":             {crawler.GapLogin, ordinary(""), circumstances{signIn: &SignIn{URL: "/account"}}},
		"no selector":                               {crawler.GapLogin, ordinary(""), circumstances{signIn: &SignIn{Selector: ":::"}}},
	} {
		got := c.of(t, c.sample).Instead()
		if !assert.NotNil(t, got, "taken for the page: %s", name) {
			continue
		}
		assert.Equal(t, c.kind, got.Kind, "%s: %s", name, got.Text)
	}
}

// No word of the page goes into what is told of it.
func TestGapsHoldNoWordsOfThePage(t *testing.T) {
	for _, sample := range []string{
		`<title>Just a moment, Zanzibar</title><p>Checking your browser before accessing Zanzibar</p><script>1</script>`,
		`<title>Zanzibar - Maintenance</title><h1>Zanzibar is down for maintenance</h1>`,
		`<title>Error</title><h1>Something went wrong</h1><p>Zanzibar</p>`,
	} {
		got := factsOf(t, sample).Instead()
		if assert.NotNil(t, got, sample) {
			assert.NotContains(t, got.Reason(), "Zanzibar")
		}
	}
}
