package rule

import "strings"

// meaning is what a field name says by itself.
type meaning struct {
	class  Class
	key    string // persona key
	weak   bool   // needs a person around it, or a value that proves itself
	short  bool   // an abbreviation: counts only as the whole name, with a hash or a value that proves itself
	sure   bool   // stays what it is whatever stands before it: an e-mail address of a product page is one
	traits traits
}

// nameTable maps squeezed names to their meaning. Sources: the vendors' own parameter lists (Meta advanced matching,
// Google enhanced conversions, Segment and RudderStack spec, TikTok, Snap, Pinterest, Criteo, Braze, Intercom, HubSpot,
// Sentry, Datadog), the autocomplete tokens of HTML, and the usual names of form fields in six languages.
var nameTable = func() map[string]meaning {
	t := map[string]meaning{}
	put := func(m meaning, names string) {
		for n := range strings.FieldsSeq(names) {
			t[n] = m
		}
	}
	put(meaning{class: Email, key: "email", sure: true}, `email emails mail emailaddress mailaddress emailaddr useremail emailid primaryemail loginemail correo courriel
		emailadresse replyto userprincipalname upn autoemail uemail memail buyeremail`)
	put(meaning{class: Email, key: "email", short: true}, `em hem uhem he ehash eml emaillc ude emailh hemail hashmail hashedmail emd emailcrc emhash eh uhed`)
	put(meaning{class: Phone, key: "phone", sure: true}, `phone phones tel telephone mobile mobilephone phonenumber mobilenumber cellphone msisdn whatsapp telefon telefono telnumber
		homephone workphone contactnumber phoneno handynummer autophonenumber userphone telnational mobil tlf`)
	put(meaning{class: Phone, key: "phone", short: true}, `ph pn uhpn cell phn hph uph`)
	put(meaning{class: Name, key: "first_name", sure: true}, `firstname givenname fname forename vorname prenom nombre firstnames middlename additionalname`)
	put(meaning{class: Name, key: "last_name", sure: true}, `lastname surname familyname lname nachname apellido apellidos secondname maidenname`)
	put(meaning{class: Name, key: "first_name", short: true}, `fn given first`)
	put(meaning{class: Name, key: "last_name", short: true}, `ln family last`)
	put(meaning{class: Name, key: "full_name", sure: true}, `fullname realname customername cardholdername cardholder nameoncard ccname contactname patientname recipientname payername
		accountholder legalname studentname employeename guestname passengername bookername holdername nom`)
	put(meaning{class: Name, key: "full_name", weak: true}, `name displayname names`)
	put(meaning{class: Address, key: "street", sure: true, traits: addressName}, `street streetaddress addressline1 addressline addressline2 strasse street1 street2 address1 address2 addr1 shippingaddress
		billingaddress homeaddress postaladdress mailingaddress deliveryaddress streetname housenumber rue calle direccion addressstreet fulladdress`)
	put(meaning{class: Address, key: "street", weak: true, traits: addressName}, `address addr adresse line1 line2`)
	put(meaning{class: Address, key: "street", short: true}, `sa`)
	put(meaning{class: Address, key: "postcode", sure: true, traits: addressName}, `postcode postalcode zip zipcode plz postleitzahl codepostal postal codigopostal cap zippostal zippostalcode userzip`)
	put(meaning{class: Address, key: "postcode", short: true, traits: addressName}, `zp pc cp`)
	put(meaning{class: Coarse, key: "city", traits: geoName}, `city town locality cityname usercity ort ville ciudad stadt municipality geocity ipcity metro`)
	put(meaning{class: Coarse, key: "region", traits: geoName}, `region province county subdivision regionname regioncode subdivisioncode statecode userregion georegion adminarea administrativearea bundesland`)
	put(meaning{class: Coarse, key: "region", weak: true, traits: geoName}, `state st`)
	put(meaning{class: Coarse, key: "city", short: true, traits: geoName}, `ct`)
	put(meaning{class: Coarse, key: "country", traits: geoName}, `country countrycode countryname usercountry geocountry ipcountry countryiso countryisocode countrycode2 mpcountrycode land pays`)
	put(meaning{class: Coarse, key: "geo", weak: true, traits: geoName}, `location geo geolocation userlocation place`)
	put(meaning{class: BirthDate, key: "dob", sure: true}, `dob birthdate birthday dateofbirth bday birth geburtsdatum datenaissance fechanacimiento dateofbirthday born yob birthyear yearofbirth birthdaydate`)
	put(meaning{class: BirthDate, key: "dob", short: true}, `db doby`)
	put(meaning{class: Gender, key: "gender"}, `gender sex geschlecht genre usergender sexo`)
	put(meaning{class: Gender, key: "gender", short: true}, `ge`)
	put(meaning{class: Username, key: "username"}, `username userlogin loginname screenname nickname nick userhandle benutzername memberlogin accountname useridname preferredusername`)
	put(meaning{class: Username, key: "username", weak: true}, `login user handle displayusername`)
	put(meaning{class: UserID, key: "user_id"}, `userid customerid memberid subscriberid externalid contactid crmid extid externaluserid puserid loginid shopperid
		customernumber kundennummer membershipid loyaltyid loyaltynumber employeeid studentid patientid accountnumber useruuid customeruuid userguid personid profileid
		usernumber accountuserid customeraccountid userref userreference identityid userhash useridhash identifiedid thirdpartyid mbox3rdpartyid sfmccontactkey contactkey hashedid hasheduserid hashedemailid enduserid fbuserid`)
	put(meaning{class: UserID, key: "user_id", weak: true}, `uid identity distinctid previousid userkey customer eid puid usrid extuserid`)
	put(meaning{class: UserID, key: "user_id", short: true}, `alias`)
	put(meaning{class: OrgID, key: "org_id"}, `orgid organizationid organisationid companyid tenantid workspaceid orgname organizationname organisationname companyname employer employername
		tenantname workspacename orgslug businessname companydomain organizationuuid orguuid`)
	put(meaning{class: OrgID, key: "org_id", weak: true}, `organization organisation company org tenant workspace groupid teamid firma`)
	put(meaning{class: Password, key: "password", sure: true, traits: tokenName}, `password passwd pwd passphrase passwort userpassword newpassword currentpassword confirmpassword
		passwordconfirmation motdepasse contrasena loginpassword passcode`)
	put(meaning{class: AuthToken, key: "auth_token", traits: tokenName}, `accesstoken authtoken idtoken bearertoken jwt refreshtoken sessiontoken authorization usertoken xauthtoken authjwt oauthtoken
		bearer apitoken logintoken magictoken resettoken otp onetimepassword mfacode resetpasswordtoken personalaccesstoken signintoken authcode xaccesstoken jwttoken`)
	put(meaning{class: AuthToken, key: "auth_token", weak: true, traits: tokenName}, `token auth`)
	put(meaning{class: Card, key: "payment_card", sure: true}, `cardnumber ccnumber creditcard creditcardnumber pan ccnum cardno ccno kartennummer debitcard cardpan ccn cardnum`)
	put(meaning{class: Card, key: "payment_card", weak: true}, `card cc`)
	put(meaning{class: Card, key: "cvc", sure: true}, `cvc cvv cvv2 cardcvc securitycode cardsecuritycode cccsc csc`)
	put(meaning{class: IBAN, key: "iban", sure: true}, `iban ibannumber bankaccount bankaccountnumber accountiban kontonummer`)
	put(meaning{class: NationalID, key: "national_id", sure: true}, `ssn socialsecuritynumber socialsecurity nationalid nationalidnumber taxid tin passportnumber passport passportno driverslicense
		driverlicense driverlicensenumber licensenumber personnummer cpf dni nif nino nhsnumber aadhaar steuerid svnr socialinsurancenumber idcardnumber
		personalausweis bsn pesel codicefiscale curp sozialversicherungsnummer idnumber fodselsnummer cpr ssnlast4 ahv nationalinsurance medicareid`)
	put(meaning{class: Precise, key: "lat", traits: coordName | geoName}, `latitude lat geolat geolatitude userlat locationlat`)
	put(meaning{class: Precise, key: "lon", traits: coordName | geoName}, `longitude lon lng geolon geolng geolongitude userlon userlng locationlon locationlng`)
	put(meaning{class: Precise, key: "lon", weak: true, traits: coordName | geoName}, `long`)
	put(meaning{class: Precise, key: "geo", traits: coordName | geoName}, `latlng latlon latlong coordinates coords geopoint gps gpscoordinates lnglat geocoordinates geocoords geopos`)
	put(meaning{class: Precise, key: "geo", short: true, traits: coordName | geoName}, `ll`)
	put(meaning{class: IP, key: "ip", sure: true}, `ip ipaddress clientip remoteaddr userip useripaddress realip xforwardedfor xrealip forwardedfor visitorip remoteip ipaddr remoteaddress
		cfconnectingip trueclientip customerip ipv4 ipv6 publicip clientipaddress sourceip originip ipv4address ipv6address uip`)
	put(meaning{class: UserAgent, key: "user_agent", sure: true}, `useragent uastring browseragent navigatoruseragent httpuseragent useragentstring agentstring contextuseragent httpuseragentoriginal useragentoriginal ua clientua browserua agent`)
	put(meaning{class: Hints}, `uafvl uap uapv uam uaa uab uamb uaw uafull fullversionlist secchua secchuamodel secchuaplatform secchuaplatformversion secchuaarch secchuafullversionlist
		secchuabitness useragentdata uaclienthints clienthints browserbrands uach uahints uadata highentropyvalues platformversion uafullversion uaplatformversion devicemodel`)
	put(meaning{class: ClientID, key: "client_id"}, `clientid vwouserid anonymousid anonid deviceid visitorid browserid guestid installationid machineid trackingid ifa ifv didsha1 dpidsha1 idfa gaid idfv adid advertisingid fbp ga gid duid
		domainuserid networkuserid visitoruuid cookieid visitoridentifier persistentid longtermid mcvisid mcid ecid muid muidn clientuuid deviceuuid browseruuid ajsanonymousid
		gaclientid gacid googleclientid fingerprintid rampid id5id uid2 uid2token eids tdid unifiedid fpid gclau hubspotutk hsutk hutk mktotrk zdid visid externaldeviceid
		insallid randomid anondistinctid anonuserid anonymoususerid auid auiddc nuid devid pinunauth mpid previousmpid marketingcloudvisitorid mboxmcgvid mboxpc onesignalid playerid deviceplayerid pushtoken
		deviceapplicationstamp utk messagesutk mchtk mkttrk klaid anonymousclientid anonymousuid visitid3 pseudoid pseudonymousid userpseudoid uniquevisitorid uvid ampdeviceid amplitudedeviceid mpdeviceid
		stableid userstableid sessionlessid fbpixelcookie epikid ttp scid uuidc1 scuid uc1 liid lotameid kppid deviceidentifier instanceid installid tuuid buid bid2 xclientid
		fvid dcid aaid epiclientid snowplowid spid personalizationid guestuuid usercookieid bcookie lidc`)
	put(meaning{class: ClientID, key: "client_id", weak: true}, `cid vid did uuid guid visitor device uu duuid suid tid1 mid pid1 anonymous anonymousidentifier fp3 distinct xuid aid gtmclientid cuid vuid zuid`)
	put(meaning{class: SessionID, key: "session_id"}, `sessionid sid sessid jsessionid phpsessid sessionuuid gasessionid visitsessionid sessionidentifier sessiontokenid replayid replaysessionid browsersessionid
		pagesessionid usersessionid ssid sessionkey sessionguid recordingid session domainsessionid uscsid scsid visitid gsessionid tabid windowid sessionuid sessid2 asessionid`)
	put(meaning{class: ClickID, key: "click_id", sure: true}, `gclid dclid wbraid gbraid gclaw gcldc fbclid fbc msclkid ttclid twclid lifatid yclid epik sccid scclickid rdtcid irclickid awc cjevent obclid tblci
		clickid igshid mceid hsenc mkttok veroid uclick transactionclickid ysclid vmcid sscid ranclickid wickedid olicid ndclid qclid gacl ttclickid fbclickid gclickid
		googleclickid klaviyoid kx uscl usclid sclid irclid partnerclickid bclid scclid pclid`)
	put(meaning{class: Screen}, `screen screensize resolution screenresolution sr vp viewport viewportsize screenwidth screenheight sw sh screenres res windowsize viewportwidth viewportheight devicepixelratio
		browserwidth browserheight innerwidth innerheight colordepth screencolordepth availheight availwidth screendensity pixelratio dpr bw bh screenw screenh windowwidth windowheight
		screensizes displayresolution outerwidth outerheight browsersize viewsize vw vh`)
	put(meaning{class: Locale, traits: zoneName}, `timezone tz timezoneoffset tzoffset tzo timezonename zoneinfo usertimezone timezoneid browsertimezone utcoffset localtimezone`)
	put(meaning{class: Locale}, `language lang locale ul browserlanguage userlanguage languages browserlang uilanguage acceptlanguage navigatorlanguage devicelocale userlocale languagecode systemlanguage devicelanguage`)
	put(meaning{class: PageURL, traits: urlName}, `url pageurl href dl pagelocation currenturl documenturl docurl sourceurl pageuri requesturl windowlocation locationhref documentlocation landingpage landingurl
		landingpageurl canonicalurl fullurl entryurl exiturl pagehref initialurl lasturl siteurl eventsourceurl pagepath path dp uri viewurl pagehostname pathname du originalurl pl tabtitleurl dlo startpage`)
	put(meaning{class: Referrer, traits: urlName}, `referrer referer dr rl ref documentreferrer initialreferrer pagereferrer refurl referrerurl referringurl docreferrer urlref httpreferer referrerpage urlreferrer firstreferrer prevurl previousurl refr refuri refurls initialreferrerurl
		previouspage lastreferrer referringpage rref initialreferringdomain referringdomain`)
	put(meaning{class: Title}, `title pagetitle documenttitle dt doctitle currentpagetitle tabtitle pagename windowtitle viewname actionname pt`)
	put(meaning{class: Search, key: "search_term", traits: searchName}, `searchterm searchterms searchquery searchstring searchtext searchkeyword searchkeywords searchphrase queryterm sitesearch internalsearch querystringsearch
		userquery searchinput searchvalue searchedterm rawquery originalquery suchbegriff`)
	put(meaning{class: Search, key: "search_term", weak: true, traits: searchName}, `q query search term keyword keywords kw s text querytext st1 searchfor`)
	put(meaning{class: Purchase}, `transactionid orderid ordernumber ordertotal ordervalue orderamount purchasevalue transactiontotal orderrevenue receiptid invoiceid invoicenumber bookingid bookingreference reservationid
		transactionrevenue checkoutid cartid basketid purchaseid orderref conversionvalue carttotal cartvalue`)
	put(meaning{class: Purchase, weak: true}, `revenue total value amount price subtotal grandtotal ev epnvalue`)
	put(meaning{class: Print}, `fingerprint devicefingerprint browserfingerprint canvas canvashash canvasfp canvasfingerprint webgl webglhash webglrenderer webglvendor audiohash audiofingerprint fontlist fonts
		fingerprinthash fphash visitorfingerprint hardwareconcurrency devicememory installedfonts plugins pluginlist unmaskedrenderer gpurenderer mathhash fp2 fingerprintjs audiofp gpu`)
	put(meaning{class: ConsentStr}, `gcs gcd tcstring gdprconsent gppstring gpp usprivacy consentstring euconsent euconsentv2 tcfstring tcf consentdata iabconsent addtlconsent gppsid usprivacystring gdprapplies gdpr ccpa npa dma dmacps
		consentmode consents consentstate consentgiven consentstatus optanonconsent tcfeu cookieconsent consentpreferences ccpaoptout gdprpd`)
	put(meaning{class: FormInput, traits: formName}, `inputvalue fieldvalue formvalue typedvalue formdata formfields forminput fieldvalues inputtext typedtext formvalues userinput freetext formcontent answertext`)
	return t
}()

// idOwners says whose id a plain "id" is, by the name around it.
var idOwners = map[string]meaning{
	"user": {class: UserID, key: "user_id"}, "usr": {class: UserID, key: "user_id"}, "customer": {class: UserID, key: "user_id"}, "member": {class: UserID, key: "user_id"},
	"person": {class: UserID, key: "user_id"}, "contact": {class: UserID, key: "user_id"}, "traits": {class: UserID, key: "user_id"}, "profile": {class: UserID, key: "user_id"},
	"shopper": {class: UserID, key: "user_id"}, "subscriber": {class: UserID, key: "user_id"}, "identity": {class: UserID, key: "user_id"}, "patient": {class: UserID, key: "user_id"},
	"visitor": {class: ClientID, key: "client_id"}, "enduser": {class: UserID, key: "user_id"}, "device": {class: ClientID, key: "client_id"}, "uids": {class: ClientID, key: "client_id"}, "eids": {class: ClientID, key: "client_id"}, "session": {class: SessionID, key: "session_id"},
	"organization": {class: OrgID, key: "org_id"}, "organisation": {class: OrgID, key: "org_id"}, "org": {class: OrgID, key: "org_id"}, "company": {class: OrgID, key: "org_id"},
	"tenant": {class: OrgID, key: "org_id"}, "workspace": {class: OrgID, key: "org_id"},
	"order": {class: Purchase}, "transaction": {class: Purchase},
}

// outerWords are traits of the names around a field.
var outerWords = wordTraits(map[traits]string{
	identity: `user users usr customer customers member members person people profile traits trait contact contacts subscriber identity identities account visitor patient student employee guest
		recipient sender buyer shopper passenger ud udff udu personal lead participant attendee set identify userdata userinfo customerdata billing shipping userproperties
		enduser respondent applicant holder cardholder kunde utilisateur me`,
	addressName: `address addresses billing shipping addr delivery adresse`,
	geoName:     `geo location geoip geolocation position place ipinfo locale`,
	coordName:   `geo location geoip geolocation coords coordinates position gps`,
	alien: `product products item items sku skus variant category categories campaign campaigns file files page module component plugin plugins library lib app application
		browser os feature features flag flags experiment experiments variation brand model template widget layer metric metrics build package packages dependency dependencies
		store shop stores merchant seller vendor site company publisher article video media image icon font css style styles node element elements schema
		sdk platform currency plan subscription course playlist track album asset tile tiles map viewbox bbox stack frames frame exception breadcrumb vertices geometry chart series legend palette theme color
		sections section dataset dimensions columns column rows header headers config countries currencies languages cities states regions weather route flight match league trip tour job author authors publisher team teams player artist home away hits object objects hotel restaurant settings options library`,
	searchName: `search suggest autocomplete`,
	formName:   `form forms inputs formdata fields`,
	labelName:  `translations translation i18n l10n labels strings locales placeholders validation validations validators schema schemas lexicon dictionary copytext messages texts errors`,
	adName:     `ad ads campaign adset creative placement bid bids imp`,
})

// keyWords are traits of the words of a field's own name.
var keyWords = wordTraits(map[traits]string{
	identity: `user usr customer member person profile contact subscriber identity visitor email mail phone uid uuid guid patient student employee passenger kunde hem crm login account em ph`,
	hashName: `hash hashed sha sha1 sha256 sha512 md5 hex digest hsh encrypted enc normalized sha2 sha256hex lowercase lc h256 encoded b64 base64`,
	setting: `has is show hide enable enabled disable disabled allow allowed optin optout consent required require valid validated verified verification verify invalid placeholder label schema type format regex pattern
		template subject count length max min mode policy option options preference preferences permission subscribed newsletter marketing confirmed available status error errors message
		provider domainname clicked step index score source campaign visible field fieldname selector version config`,
	alien: `product item sku variant category campaign file module component plugin library lib app application browser os feature flag experiment variation brand model template widget event layer metric build
		package store shop merchant seller vendor publisher article video media image img icon font css class style node element attribute sdk platform currency plan course playlist track album asset tile
		theme color colour section dataset dimension column header host domain server service script resource job task queue topic channel screen view action button menu tab step host group list function method
		param property parameter variable config bucket key project environment env stage region1 zone1 pixel tag container`,
	timeName:    `time timestamp ts date created updated expires expiry exp iat duration elapsed latency at start end ms`,
	versionName: `version ver v release revision build rev sdk lib library av appversion tv gtm jsver engine driver firmware kernel runtime gecko webkit player`,
	signature:   `sig signature hmac nonce csrf xsrf integrity etag checksum crc commit sha1hash revision traceparent trace span hash256 persisted sri token2 fingerprint2 cachebuster cb rnd rand random ord correlator seed key apikey writekey`,
	zoneName:    `timezone tz zone`,
	adName:      `ad ads campaign adset creative placement pixel bid imp adgroup adid cmp`,
	textName:    `message msg text comment description body content note notes greeting title subject summary html`,
	numberName:  `count num number size width height length price total amount qty quantity value score rank index position offset weight duration`,
	tokenName:   `token auth authorization bearer jwt secret credential credentials session`,
	urlName:     `url uri href src link referrer referer`,
	searchName:  `search query keyword keywords q term`,
	formName:    `input typed formvalue`,
})

func wordTraits(m map[traits]string) map[string]traits {
	t := map[string]traits{}
	for trait, list := range m {
		for w := range strings.FieldsSeq(list) {
			t[w] |= trait
		}
	}
	return t
}
