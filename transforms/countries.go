package transforms

import (
	"strings"
	"sync"
)

// countryAlpha3 reads an ISO 3166 code of two or three letters or an English name.
func countryAlpha3(text string) string {
	word := fold(text)
	word = strings.TrimPrefix(strings.TrimPrefix(word, "made in "), "the ")
	if code, ok := countryIndex()[strings.ReplaceAll(word, " and ", " ")]; ok {
		return code
	}
	if short := strings.ReplaceAll(word, " ", ""); len(short) <= 3 && !isPlaceholder(text) { // U.S.A., but not N/A
		return countryIndex()[short]
	}
	return ""
}

// countryIndex maps folded codes and names to alpha-3.
var countryIndex = sync.OnceValue(func() map[string]string {
	index := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(countries), "\n") {
		alpha2, rest, _ := strings.Cut(line, " ")
		alpha3, names, _ := strings.Cut(rest, " ")
		index[strings.ToLower(alpha2)], index[strings.ToLower(alpha3)] = alpha3, alpha3
		for name := range strings.SplitSeq(names, "|") {
			index[strings.ReplaceAll(fold(name), " and ", " ")] = alpha3
		}
	}
	return index
})

// countries is ISO 3166-1: alpha-2, alpha-3, the name, and other names feeds write.
const countries = `
AF AFG Afghanistan
AX ALA Åland Islands|Aland
AL ALB Albania
DZ DZA Algeria
AS ASM American Samoa
AD AND Andorra
AO AGO Angola
AI AIA Anguilla
AQ ATA Antarctica
AG ATG Antigua & Barbuda
AR ARG Argentina
AM ARM Armenia
AW ABW Aruba
AU AUS Australia
AT AUT Austria|Österreich
AZ AZE Azerbaijan
BS BHS Bahamas
BH BHR Bahrain
BD BGD Bangladesh
BB BRB Barbados
BY BLR Belarus
BE BEL Belgium
BZ BLZ Belize
BJ BEN Benin
BM BMU Bermuda
BT BTN Bhutan
BO BOL Bolivia|Bolivia, Plurinational State of|Plurinational State of Bolivia
BQ BES Caribbean Netherlands|Bonaire, Sint Eustatius and Saba|Bonaire
BA BIH Bosnia & Herzegovina|Bosnia
BW BWA Botswana
BV BVT Bouvet Island
BR BRA Brazil|Brasil
IO IOT British Indian Ocean Territory
BN BRN Brunei|Brunei Darussalam
BG BGR Bulgaria
BF BFA Burkina Faso
BI BDI Burundi
CV CPV Cape Verde|Cabo Verde
KH KHM Cambodia
CM CMR Cameroon
CA CAN Canada
KY CYM Cayman Islands
CF CAF Central African Republic
TD TCD Chad
CL CHL Chile
CN CHN China|People's Republic of China|PR China|PRC|P.R.C.|Mainland China|P.R. China
CX CXR Christmas Island
CC CCK Cocos (Keeling) Islands|Cocos Islands
CO COL Colombia
KM COM Comoros
CG COG Congo - Brazzaville|Congo|Republic of the Congo|Congo Republic
CD COD Congo - Kinshasa|Democratic Republic of the Congo|Congo, The Democratic Republic of the|DR Congo|DRC
CK COK Cook Islands
CR CRI Costa Rica
CI CIV Côte d’Ivoire|Cote d'Ivoire|Ivory Coast
HR HRV Croatia
CU CUB Cuba
CW CUW Curaçao
CY CYP Cyprus
CZ CZE Czechia|Czech Republic
DK DNK Denmark
DJ DJI Djibouti
DM DMA Dominica
DO DOM Dominican Republic
EC ECU Ecuador
EG EGY Egypt
SV SLV El Salvador
GQ GNQ Equatorial Guinea
ER ERI Eritrea
EE EST Estonia
SZ SWZ Eswatini|Swaziland
ET ETH Ethiopia
FK FLK Falkland Islands|Falkland Islands (Malvinas)
FO FRO Faroe Islands
FJ FJI Fiji
FI FIN Finland
FR FRA France
GF GUF French Guiana
PF PYF French Polynesia
TF ATF French Southern Territories
GA GAB Gabon
GM GMB Gambia
GE GEO Georgia
DE DEU Germany|Deutschland|GER
GH GHA Ghana
GI GIB Gibraltar
GR GRC Greece
GL GRL Greenland
GD GRD Grenada
GP GLP Guadeloupe
GU GUM Guam
GT GTM Guatemala
GG GGY Guernsey
GN GIN Guinea
GW GNB Guinea-Bissau
GY GUY Guyana
HT HTI Haiti
HM HMD Heard & McDonald Islands|Heard Island and McDonald Islands
VA VAT Vatican City|Holy See
HN HND Honduras
HK HKG Hong Kong|Hong Kong SAR China|Hong Kong, China|Hong Kong SAR
HU HUN Hungary
IS ISL Iceland
IN IND India
ID IDN Indonesia
IR IRN Iran|Islamic Republic of Iran|Iran, Islamic Republic of
IQ IRQ Iraq
IE IRL Ireland|Republic of Ireland
IM IMN Isle of Man
IL ISR Israel
IT ITA Italy|Italia
JM JAM Jamaica
JP JPN Japan
JE JEY Jersey
JO JOR Jordan
KZ KAZ Kazakhstan
KE KEN Kenya
KI KIR Kiribati
KP PRK North Korea|Democratic People's Republic of Korea|Korea, Democratic People's Republic of
KR KOR South Korea|Korea|Republic of Korea|Korea, Republic of|Korea, South
KW KWT Kuwait
KG KGZ Kyrgyzstan
LA LAO Laos|Lao People's Democratic Republic|Lao PDR
LV LVA Latvia
LB LBN Lebanon
LS LSO Lesotho
LR LBR Liberia
LY LBY Libya
LI LIE Liechtenstein
LT LTU Lithuania
LU LUX Luxembourg
MO MAC Macao|Macau|Macao SAR China|Macau SAR China
MG MDG Madagascar
MW MWI Malawi
MY MYS Malaysia
MV MDV Maldives
ML MLI Mali
MT MLT Malta
MH MHL Marshall Islands
MQ MTQ Martinique
MR MRT Mauritania
MU MUS Mauritius
YT MYT Mayotte
MX MEX Mexico|México
FM FSM Micronesia|Federated States of Micronesia|Micronesia, Federated States of
MD MDA Moldova|Republic of Moldova|Moldova, Republic of
MC MCO Monaco
MN MNG Mongolia
ME MNE Montenegro
MS MSR Montserrat
MA MAR Morocco
MZ MOZ Mozambique
MM MMR Myanmar (Burma)|Myanmar|Burma
NA NAM Namibia
NR NRU Nauru
NP NPL Nepal
NL NLD Netherlands|Holland
NC NCL New Caledonia
NZ NZL New Zealand
NI NIC Nicaragua
NE NER Niger
NG NGA Nigeria
NU NIU Niue
NF NFK Norfolk Island
MK MKD North Macedonia|Macedonia
MP MNP Northern Mariana Islands
NO NOR Norway
OM OMN Oman
PK PAK Pakistan
PW PLW Palau
PS PSE Palestinian Territories|Palestine|State of Palestine|Palestine, State of
PA PAN Panama
PG PNG Papua New Guinea
PY PRY Paraguay
PE PER Peru|Perú
PH PHL Philippines
PN PCN Pitcairn Islands|Pitcairn
PL POL Poland
PT PRT Portugal
PR PRI Puerto Rico
QA QAT Qatar
RE REU Réunion
RO ROU Romania
RU RUS Russia|Russian Federation
RW RWA Rwanda
BL BLM St. Barthélemy|Saint Barthélemy
SH SHN St. Helena|Saint Helena, Ascension and Tristan da Cunha|Saint Helena
KN KNA St. Kitts & Nevis|Saint Kitts and Nevis
LC LCA St. Lucia|Saint Lucia
MF MAF St. Martin|Saint Martin|Saint Martin (French part)
PM SPM St. Pierre & Miquelon|Saint Pierre and Miquelon
VC VCT St. Vincent & Grenadines|Saint Vincent and the Grenadines
WS WSM Samoa
SM SMR San Marino
ST STP São Tomé & Príncipe
SA SAU Saudi Arabia
SN SEN Senegal
RS SRB Serbia
SC SYC Seychelles
SL SLE Sierra Leone
SG SGP Singapore
SX SXM Sint Maarten|Sint Maarten (Dutch part)
SK SVK Slovakia|Slovak Republic
SI SVN Slovenia
SB SLB Solomon Islands
SO SOM Somalia
ZA ZAF South Africa
GS SGS South Georgia & South Sandwich Islands|South Georgia and the South Sandwich Islands
SS SSD South Sudan
ES ESP Spain|España
LK LKA Sri Lanka
SD SDN Sudan
SR SUR Suriname
SJ SJM Svalbard & Jan Mayen
SE SWE Sweden
CH CHE Switzerland|Schweiz|Suisse
SY SYR Syria|Syrian Arab Republic
TW TWN Taiwan|Taiwan, Province of China|Taiwan ROC
TJ TJK Tajikistan
TZ TZA Tanzania|United Republic of Tanzania|Tanzania, United Republic of
TH THA Thailand
TL TLS Timor-Leste|East Timor
TG TGO Togo
TK TKL Tokelau
TO TON Tonga
TT TTO Trinidad & Tobago|Trinidad
TN TUN Tunisia
TR TUR Turkey|Türkiye
TM TKM Turkmenistan
TC TCA Turks & Caicos Islands
TV TUV Tuvalu
UG UGA Uganda
UA UKR Ukraine
AE ARE United Arab Emirates|UAE
GB GBR United Kingdom|UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland|United Kingdom of Great Britain and Northern Ireland
US USA United States|United States of America|America|U.S.|U.S.A.
UM UMI U.S. Outlying Islands|United States Minor Outlying Islands
UY URY Uruguay
UZ UZB Uzbekistan
VU VUT Vanuatu
VE VEN Venezuela|Bolivarian Republic of Venezuela|Venezuela, Bolivarian Republic of
VN VNM Vietnam|Viet Nam
VG VGB British Virgin Islands|Virgin Islands, British
VI VIR U.S. Virgin Islands|Virgin Islands, U.S.|US Virgin Islands
WF WLF Wallis & Futuna
EH ESH Western Sahara
YE YEM Yemen
ZM ZMB Zambia
ZW ZWE Zimbabwe
`
