package discover

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The guard's words, in the languages of most of the web. They are compared folded (see fold): without accents, case,
// hyphens and the like, so "log-out", "log_out" and "LogOut" are "logout" here.

// leaveWords end a session, wherever they stand as a whole segment.
var leaveWords = wordSet(`
	logout logoff logmeout mylogout userlogout dologout customerlogout signout signoff singlelogout endsession destroysession
	sessiondestroy closesession closeconnection sessionlogout
	abmelden ausloggen deconnexion deconnecter sedeconnecter deconnection cerrarsesion finalizarsesion desconectar
	tancarsessio disconnetti disconnettersi terminarsessao encerrarsessao uitloggen afmelden loggaut loggautsidan logud
	logaf loggut kirjauduulos wyloguj wylogowanie wylogujsie odhlasit odhlaseni odhlasenie odjava odjavise kijelentkezes
	deconectare aposindesi αποσυνδεση выход выйти вийти вихід çıkışyap oturumukapat
	ログアウト サインアウト 退出 退出登录 安全退出 登出 注销 註銷 로그아웃 đăngxuất התנתק تسجيلالخروج ออกจากระบบ`)

// leaveOrGo mean "go out" as well, as a city's guide to the night does: they end a session alone, below an account, or as
// the name of a script, and elsewhere they are a page.
var leaveOrGo = wordSet(`sair salir esci vyhod vyjti çıkış keluar thoát izlaz`)

// exitWords are ordinary names of pages: they end a session only below an account or as the name of a script.
var exitWords = wordSet(`exit quit leave disconnect quitter iesire ieșire uscita salida`)

// undoWords take something away that is there.
var undoWords = wordSet(`
	delete del remove destroy erase purge wipe trash discard revoke deactivate terminate unpublish unwatch unpin unflag
	unblock unmute unban unvote cancel close undo void clear empty flush truncate
	rollback revert prune uninstall
	löschen loeschen entfernen stornieren schließen kündigen kuendigen leeren widerrufen
	supprimer effacer annuler vider résilier enlever retirer désactiver
	eliminar borrar cancelar vaciar anular quitar descartar
	elimina eliminare cancella cancellare rimuovi rimuovere annulla svuota
	excluir apagar deletar remover limpar esvaziar
	verwijderen wissen annuleren leegmaken opzeggen verwijder
	tabort radera avbryt slet fjern annuller slett avbryt tøm töm
	poista tyhjennä peruuta
	usuń usun skasuj kasuj anuluj wyczyść opróżnij
	smazat odstranit zrušit vymazat odstranit zrusit
	izbriši obriši ukloni otkaži șterge anulează töröl törlés διαγραφη diagrafi
	удалить udalit удаление отменить otmenit очистить ochistit видалити скасувати
	sil kaldır iptal temizle boşalt
	削除 キャンセル 取消 取り消し 删除 刪除 清空 移除 삭제 취소
	xóa huỷ hủy hapus batal batalkan kosongkan מחק حذف ลบ`)

// doWords set or send something.
var doWords = wordSet(`
	vote upvote downvote like dislike follow favorite favourite fave bookmark approve disapprove reject accept decline
	confirm verify activate enable disable toggle restore unarchive impersonate resend reindex rebuild restart reboot
	hide mute ban kick reorder refund merge promote demote assign clone duplicate redeem add trigger unlock lock flag setflag
	setstatus sticky poke deny optout optin
	hinzufügen hinzufuegen bestätigen bestaetigen abstimmen freischalten
	ajouter confirmer voter valider activer
	añadir agregar confirmar votar validar
	aggiungi conferma vota adicionar toevoegen bevestigen stem
	läggtill bekräfta rösta tilføj bekræft stem leggtil bekreft lisää vahvista
	dodaj potwierdź potwierdz zagłosuj głosuj přidat potvrdit hlasovat adaugă hozzáad
	добавить подтвердить голосовать ekle onayla 追加 投票 添加 추가 thêm tambah`)

// placeWords do something to what stands before them; after them an ordinary page follows: /orders/9/close and
// /close/up, /posts/9/star and /star/5.
var placeWords = wordSet(`
	star block pin rate mark markread archive report join start stop run subscribe send open pause resume
	publish renew ship move copy save reset resetpassword purchase sync refresh claim rsvp
	abrir`)

// serverWords set a machine to work: /admin/reindex, /cron/run, /jobs/3/retry.
var serverWords = wordSet(`run reindex rebuild restart reboot retry rerun reprocess recalculate requeue regenerate redeploy shutdown flush
	neustart neustarten redémarrer reiniciar riavvia ponów перезапустить`)

// orderVerbs end an order or use up a voucher, below orderWords: /order/submit, /coupon/apply?code=X.
var (
	orderVerbs = wordSet(`submit place process apply redeem finalize finalise commit capture charge
		absenden abschicken einlösen einloesen anwenden valider appliquer utiliser enviar aplicar canjear invia applica
		toepassen verzilveren plaatsen skicka använd indløs lähetä złóż zastosuj zrealizuj odeslat uplatnit оформить применить
		uygula 提交 使用 適用 확정 적용`)
	orderWords = wordSet(`order checkout payment purchase cart basket coupon coupons voucher vouchers giftcard promo promocode discount
		bestellung kasse warenkorb gutschein gutscheine rabatt commande panier bon bonreduction pedido compra carrito cupon cupón
		ordine carrello buono cupom winkelwagen bestelling kortingscode cadeaubon varukorg beställning rabattkod gavekort
		tilaus ostoskori zamówienie koszyk kupon košík objednávka slevovykupon заказ купон sepet sipariş 订单 優惠券 优惠券 注文 クーポン 주문 쿠폰`)
)

// oneTimeWords are ways in by a secret that serves once: what follows, or a parameter, uses it up.
var oneTimeWords = wordSet(`magiclogin magiclink magic autologin onetimelogin passwordless loginlink signinlink`)

// subscribeWords sign an address up that is given with them: /subscribe?email=a@b.c. By themselves they show a form.
var subscribeWords = wordSet(`subscribe newslettersubscribe abonnieren anmeldennewsletter sabonner abonner suscribir suscribirse suscribete
	iscriviti inscrever assinar inschrijven prenumerera tilmeld zapiszsie подписаться aboneol 購読 订阅 구독`)

// buyWords buy, or put into a basket: in old shops by a link.
var buyWords = wordSet(`
	buy buynow oneclick quickbuy checkoutnow kaufen jetztkaufen bestellen acheter commander comprar compra acquista
	kopen nukopen köp köpnu køb købnu kjøp osta ostanyt kup kupteraz kupuj koupit objednat купить kupit satınal
	購入 購入する 立即购买 购买 購買 구매 구매하기 mua muangay beli belisekarang`)

// plainWords are verbs that no ordinary name begins with: with any thing after them they act on the id that follows.
var plainWords = wordSet(`delete remove destroy erase purge revoke deactivate unpublish unfollow uninstall approve disapprove
	accept reject decline activate enable disable toggle impersonate
	löschen loeschen entfernen stornieren supprimer effacer eliminar borrar elimina rimuovi excluir apagar deletar
	remover verwijderen radera slet slett poista usuń usun smazat odstranit удалить udalit sil hapus xóa`)

// endWords end something by its id; below it, /orders/9/complete, they thank for it.
var endWords = wordSet(`complete finish done undone check uncheck`)

// bagVerbs change what is in a bag.
var bagVerbs = wordSet(`update updatequantity updateqty updatecart updateitem change move increase decrease plus minus set edit`)

// payWords begin a payment of what stands beside them.
var payWords = wordSet(`
	pay paynow bezahlen payer pagar paga betalen betala betal maksa zapłać zaplac zaplatit оплатить oplatit öde 付款 支払う`)

// alwaysWords are never a page of their own: whole phrases of a basket, and leaving a mailing list.
var alwaysWords = wordSet(`
	addtocart addtobasket addtobag addtowishlist addtocompare removefromcart removefromwishlist placeorder submitorder
	confirmorder indenwarenkorb ajouteraupanier añadiralcarrito anadiralcarrito agregaralcarrito aggiungialcarrello
	adicionaraocarrinho inwinkelwagen läggikorgen läggivarukorg læggikurv leggihandlekurv lisääkoriin
	dodajdokoszyka dokoszyka dokošíku vložitdokošíku вкорзину добавитьвкорзину sepeteekle カートに入れる 加入购物车
	加入購物車 장바구니담기 thêmvàogiỏ thêmvàogiỏhàng tobasket tonoticelist towishlist
	unfollow unlike unstar unfavorite unfavourite unbookmark
	markallread markallasread markasread allelesen dismissall resendconfirmation resendverification resendactivation resendemail
	switchuser loginas actas becomeuser
	unsubscribe unsub newsletterabmelden abbestellen désinscription désabonner désabonnement sedésinscrire
	desuscribir desuscribirse darsedebaja cancelarsuscripción disiscriviti disiscrizione descadastrar
	cancelarinscrição uitschrijven avregistrera avslutaprenumeration afmeldnyhedsbrev peruutatilaus wypiszsię
	odhlásitodběr отписаться otpisatsya відписатися aboneliktençık 購読解除 配信停止 退订 退訂 取消订阅 수신거부 구독취소
	hủyđăngký berhentiberlangganan`)

// bagWords are lists that a visitor has without naming one, and to which a link adds.
var bagWords = wordSet(`
	cart carts basket bag trolley shoppingcart shoppingbag wishlist wishlists wish favorites favourites favorite favourite
	compare comparison productcompare watchlist savedlist saveditems readinglist friends friend
	trash recyclebin papierkorb corbeille papelera cestino lixeira prullenbak kosz koš корзинаудаленных
	warenkorb einkaufswagen merkzettel merkliste wunschliste wunschzettel vergleich vergleichsliste favoriten
	panier favoris listedesouhaits comparateur carrito cesta carro favoritos listadedeseos carrinho carrello preferiti
	winkelwagen winkelmand mandje verlanglijst verlanglijstje vergelijk vergelijken varukorg kundvagn önskelista
	kurv handlekurv indkøbskurv ønskeliste ostoskori toivelista suosikit koszyk ulubione schowek porównanie
	košík oblíbené porovnání košarica coș kosár kedvencek корзина korzina избранное izbrannoe сравнение sravnenie кошик
	sepet favoriler istekliste カート お気に入り 购物车 購物車 收藏 장바구니 giỏhàng keranjang`)

// ownWords are things of which a visitor, or a server, has one, so that none need be named.
var ownWords = wordSet(`
	account accounts profile user users me session sessions cache caches newsletter subscription subscriptions membership
	notifications history cookies cron queue jobs logs database konto compte cuenta conta abo abonnement profil perfil
	admin subscriber mailinglist mailing email optin invitation invitations invite registration register
	checkout searchindex index sitemap settings`)

// thingWords are what words above are put together with, as in "delete-account-request" or "cancel_order".
var thingWords = wordSet(`
	order orders comment comments message messages item items file files photo photos image images entry entries
	record records row rows task tasks todo todos address addresses card cards payment payments invoice invoices
	booking bookings reservation reservations appointment appointments request requests ticket tickets member members
	customer customers client clients token tokens key keys device devices webhook webhooks invoice line lines all
	everything data upload uploads attachment attachments document documents note notes follower followers connection
	connections team teams group groups role roles permission permissions coupon coupons voucher vouchers gift vote votes
	contact contacts alert alerts reminder reminders bestellung bestellungen commande commandes pedido pedidos ordine
	ordini zamówienie objednávka заказ post posts product products thread topic topics review reviews event events
	page pages video videos article articles project projects password mail reset`)

// fillWords may stand beside any of them.
var fillWords = wordSet(`to from my the now this that a an in of and confirm confirmed action handler process proc servlet
	controller do link id ids by page form
	au aux le la les de du des mon ma al el los mi zum zur in den die das mein meine do z na`)

// accountWords are what stands above a way out.
var accountWords = wordSet(`
	account accounts user users usuario usuarios utilisateur utente member members customer customers client cliente
	kunde login auth authentication session sessions sso saml saml2 oauth oauth2 oidc openid connect admin administrator
	panel dashboard profile perfil profil konto compte cuenta conta conto access identity security secure portal myaccount
	wp special spezial token`)

// docsWords stand above pages about words and not above what acts on something.
var docsWords = wordSet(`docs doc documentation reference ref manual handbook apidocs swagger javadoc glossary dictionary
	thesaurus definition definitions howto tutorial tutorials guide guides help hilfe aide ayuda ajuda aiuto faq faqs kb
	knowledgebase wiki learn academy
	blog blogs news article articles magazine policies legal info questions tagged tags tag word words
	products product produkte produit produits productos producto produtos prodotti produkter collections collection
	category categories c kategorie categorie categoria shop store catalog pages topics`)

// docsHosts are the first labels of hosts that hold documentation alone.
var docsHosts = wordSet(`docs doc developer developers documentation reference manual wiki`)

// consentWords are what a visitor's choice is called; choiceWords are the choices.
var (
	consentWords = wordSet(`consent cookieconsent cookiesconsent consents cookiebanner cookienotice cookiechoice cookiechoices cookieprefs
		cookiepreferences cookiepreference cookiesettings cookiessettings cookiepolicyaccept acceptcookies acceptcookie allowcookies
		allowcookie rejectcookies declinecookies denycookies setcookieconsent setconsent saveconsent updateconsent cookielaw eucookie
		eucookielaw cookie cookies gdpr gdprconsent dsgvo rgpd lgpd ccpa tracking trackingconsent optout optin cookieaccept
		cookiesaccept cookiesaccepted cookieaccepted cookiesallowed cookieeinwilligung cookieeinstellungen einwilligung
		consentement consentimiento consentimento consenso toestemming samtycke samtykke suostumus zgoda souhlas hozzájárulás
		consimțământ cookietilladelse cookiezustimmung`)
	choiceWords = wordSet(`all accept accepted acceptall acceptnecessary acceptselected allow allowed allowall agree agreed yes ok okay true 1
		granted grant enable enabled on set save confirm reject rejected rejectall decline declined deny denied denyall refuse refused
		none min minimal minimum necessary essential essentials required technical onlynecessary onlyessential functional no false 0 off
		disable disabled custom revoke withdraw dismiss hide close partial full basic statistics marketing analytics
		akzeptieren alleakzeptieren zustimmen ablehnen alleablehnen alle alles notwendige nurnotwendige speichern
		accepter toutaccepter refuser toutrefuser tout rien aceptar aceptartodo rechazar todo accetta accettatutto rifiuta tutti
		aceitar rejeitar recusar accepteren weigeren alles acceptera avvisa godkänn accepter afvis godta hyväksy hylkää
		akceptuj odrzuć zaakceptuj přijmout odmítnout`)
)

// setsCookies are phrases that set a choice by themselves.
var setsCookies = wordSet(`
	acceptcookies acceptcookie acceptallcookies allowcookies allowcookie allowallcookies rejectcookies rejectallcookies
	declinecookies denycookies setcookieconsent setconsent saveconsent updateconsent giveconsent withdrawconsent revokeconsent
	cookieaccept cookiesaccept cookiesakzeptieren acceptercookies aceptarcookies accettacookie acceptgdpr`)

// actionParams are parameters by which a server is told what to do.
var actionParams = wordSet(`
	action act do cmd command op operation task mode fnc func function fn method subaction doaction todo event sa a ajax`)

// pageParams are parameters by which a server chooses a page, often by a path.
var pageParams = wordSet(`page p view route r controller maina mainpage target cl site go section option module mod path url file area
	what load pg pagina seite menu x dispatch`)

// pathParams choose a page by a path alone: a search is one, too.
var pathParams = wordSet(`q`)

// passiveParams say how a page is shown or where the visitor comes from; they are not what an action is done to.
var passiveParams = wordSet(`lang language locale hl l ref referer referrer return returnto returnurl returnuri next redirect redirectto
	redirecturl continue back from source src page tab view sort order dir limit offset v ver version theme print format
	currency country region utm campaign`)

// tokenParams carry a secret that proves that a click was meant: a link with one acts.
// https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
var tokenParams = wordSet(`wpnonce csrf csrftoken csrfmiddlewaretoken xsrf xsrftoken authenticitytoken formkey formtoken sesskey
	requestverificationtoken formhash securitytoken mypostkey logoutkey logouthash sesc actiontoken
	confirmationtoken confirmtoken resetpasswordtoken passwordresettoken resettoken unlocktoken invitationtoken invitetoken
	logintoken magictoken activationtoken activationkey activationcode verificationtoken verificationcode verificationkey
	verifytoken verifykey unsubscribetoken optouttoken onetimetoken`)

// idParams name the thing that an action is done to.
var idParams = wordSet(`id ids uid pid tid cid fid aid nid mid sid item itemid product productid sku token key hash code nonce sig signature
	user userid order orderid post postid comment commentid line email how up down`)

// wordSet folds the words of a text.
func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[strings.Join(wordsOf(word), "")] = true
	}
	return set
}

// letters are those that have no accent to take off and are written without it all the same.
var letters = strings.NewReplacer("ß", "ss", "ø", "o", "æ", "ae", "œ", "oe", "ł", "l", "đ", "d", "ı", "i")

// fold writes a text in lower case and without accents.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, letters.Replace(norm.NFKD.String(strings.ToLower(text))))
}

// wordsOf splits what is written as one: log-out, log_out, log.out, Log Out, logOut.
func wordsOf(text string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, fold(string(word)))
			word = word[:0]
		}
	}
	lower := false
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Mc, r) {
			end()
			lower = false
			continue
		}
		if lower && unicode.IsUpper(r) {
			end()
		}
		word, lower = append(word, r), unicode.IsLower(r)
	}
	end()
	return words
}
