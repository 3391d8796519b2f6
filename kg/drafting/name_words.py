"""Words that tell what a name is the name of, and what somebody without a name is."""

from __future__ import annotations

from kg.drafting.word_lists import words

TITLES = words(
    "mr mrs ms miss dr prof professor sir dame lord lady president vice-president premier chancellor minister "
    "secretary senator sen representative rep congressman congresswoman governor gov mayor judge justice king "
    "queen prince princess pope bishop archbishop cardinal rabbi imam sheikh ayatollah mullah general gen colonel "
    "col major maj captain capt lieutenant lt sergeant sgt admiral adm commander commodore brigadier marshal "
    "ambassador envoy director chairman chairwoman chairperson chief spokesman spokeswoman spokesperson coach "
    "detective officer inspector sheriff attorney prosecutor deputy mp cllr councillor rev reverend father sister "
    "chief-inspector"
)
"""Words before the name of a person, without a full stop and in lower case."""
RANKS = frozenset(
    "admiral brigadier captain colonel commander commodore general inspector lieutenant major marshal sergeant".split()  # noqa: SIM905
)
"""Titles that the scheme of ranks has."""
ORGANIZATION_KINDS = {
    "ministry": "ministry department bureau",
    "agency": "agency office administration service commission authority committee",
    "university": "university",
    "school": "school college academy institute-of-technology",
    "company": "inc corp corporation company co ltd plc group holdings airlines airways motors technologies systems "
    "records studios entertainment industries llc gmbh",
    "bank": "bank",
    "court": "court tribunal",
    "hospital": "hospital clinic",
    "legislature": "parliament congress senate assembly",
    "local-authority": "council",
    "political-party": "party",
    "police": "police constabulary",
    "armed-force": "army navy force guard marines military",
    "media": "times post news tv radio newspaper magazine herald tribune gazette bbc cnn reuters press channel network "
    "wikinews broadcasting journal guardian telegraph",
    "trade-union": "union guild",
    "sports-body": "fc club team league olympics athletic united",
    "non-governmental-organization": "foundation society association organization organisation charity institute trust "
    "federation coalition movement campaign alliance centre center museum initiative project",
    "religious-body": "church diocese",
    "research-body": "laboratory laboratories nasa",
    "government": "government cabinet",
}
KIND_OF_WORD = {word: kind for kind, words in ORGANIZATION_KINDS.items() for word in words.split()}
OFFICES = words(
    "police government army navy parliament court company ministry council committee agency union party guild "
    "office university airline bank board commission inquiry newspaper firm team club hospital school department "
    "city town municipality organization organisation charity association foundation network magazine "
    "broadcaster group coalition alliance federation opposition administration embassy bureau"
)
"""Nouns in the singular that stand for an organization."""
GROUP_KINDS = {
    "delegation": "delegation",
    "officials": "officials authorities diplomats ministers leaders lawmakers politicians spokesmen sources",
    "press": "reporters journalists media newspapers",
    "rescuers": "firefighters rescuers",
    "investigators": "investigators detectives prosecutors experts scientists researchers analysts economists",
    "militants": "militants rebels insurgents",
    "forces": "soldiers troops forces",
    "workers": "workers staff employees engineers doctors lawyers",
    "students": "students pupils",
    "victims": "victims survivors",
    "voters": "voters",
    "passengers": "passengers",
    "family": "relatives parents family",
    "crowd": "protesters demonstrators crowd fans supporters",
    "population": "residents people locals neighbours neighbors citizens critics opponents americans individuals users "
    "visitors members posters voters women men children girls boys families others",
    "audience": "audience",
    "crew": "crew",
    "team": "players",
    "parties": "parties sides governments countries states municipalities cities towns organizations organisations "
    "companies associations groups unions delegations sites newspapers agencies schools teams",
}
GROUP_KIND_OF_WORD = {word: kind for kind, words in GROUP_KINDS.items() for word in words.split()}
TEXTS = words(
    "report analysis statement post posting study survey poll letter paper article book blog tweet message review "
    "memo email editorial press-release document note"
)
"""Nouns for texts, which say what their authors say."""
POSTS = words(
    "president premier chancellor minister secretary governor mayor chairman chairwoman chairperson chief "
    "director head commander spokesman spokeswoman spokesperson ambassador envoy leader manager coach captain "
    "chair ceo editor founder judge prosecutor commissioner dean principal executive superintendent speaker king "
    "queen pope"
)
"""Nouns that end the name of a post, which one person holds at a time."""
COUNTRIES = words(
    "afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus "
    "belgium bolivia bosnia brazil britain bulgaria burma cambodia cameroon canada chad chile china colombia "
    "congo croatia cuba cyprus denmark ecuador egypt england eritrea estonia ethiopia finland france georgia "
    "germany ghana greece guatemala guinea haiti honduras hungary iceland india indonesia iran iraq ireland "
    "israel italy jamaica japan jordan kazakhstan kenya kosovo kuwait kyrgyzstan laos latvia lebanon liberia "
    "libya lithuania luxembourg macedonia madagascar malaysia mali malta mexico moldova mongolia montenegro "
    "morocco mozambique myanmar namibia nepal netherlands nicaragua niger nigeria norway oman pakistan panama "
    "paraguay peru philippines poland portugal qatar romania russia rwanda scotland senegal serbia singapore "
    "slovakia slovenia somalia spain sudan sweden switzerland syria taiwan tajikistan tanzania thailand tunisia "
    "turkey turkmenistan uganda ukraine uruguay us u.s. usa uk u.k. uzbekistan venezuela vietnam wales yemen "
    "zambia zimbabwe"
) | {
    "new zealand",
    "north korea",
    "saudi arabia",
    "south africa",
    "south korea",
    "sri lanka",
    "united arab emirates",
    "united kingdom",
    "united states",
}
