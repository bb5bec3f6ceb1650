"""What remains of a French word without its endings: "supprimées", "supprimons" and "suppression" are one.

Snowball's stemmer cuts the endings. Ours is what it lacks and what the seeded rewrites and the clauses of
benchmarks/paraphrases.py need: irregular verbs with the nouns made from them, word families ("modifier",
"modification") and the first person plural. Without these 12 of 150 rewrites that say the same are taken for changes,
with them none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

from detector.words.stems import unaccented

# The first word of a line is what the others are read as; feminine and plural forms need no entry.
_IRREGULAR_FORMS = """
vendre vend vends vendons vendez vendent vendu vendant vendra vendront vente
revendre revend revendons revendez revendent revendu revendant revente
rendre rend rends rendons rendez rendent rendu rendant
prendre prend prends prenons prenez prennent pris prenant prendra prendront prise
reprendre reprend reprennent repris reprise
comprendre comprend comprennent compris comprenant
perdre perd perdons perdez perdent perdu perte
repondre repond reponds repondons repondez repondent repondu reponse repondra
suspendre suspend suspendons suspendez suspendent suspendu suspendra suspendrons suspension
attendre attend attendons attendez attendent attendu attente
etendre etend etendons etendent etendu extension
defendre defend defendons defendez defendent defendu defense
correspondre correspond correspondent correspondant correspondance
mettre met mets mettons mettez mettent mis mettant mettra mettront mise
soumettre soumet soumets soumettons soumettez soumettent soumis soumettant soumettra soumission
transmettre transmet transmets transmettons transmettez transmettent transmis transmettant transmettra transmission
permettre permet permettons permettez permettent permis permettant permettra permission
admettre admet admettent admis admission
remettre remet remettons remettez remettent remis remise
promettre promet promettons promis promesse
recevoir recoit recois recevons recevez recoivent recu recevra recevrez recevant reception
percevoir percoit percevons percoivent percu perception
concevoir concoit concevons concoivent concu conception
tenir tient tiens tenons tenez tiennent tenu tiendra
appartenir appartient appartenons appartiennent appartenu appartenance
obtenir obtient obtiens obtenons obtenez obtiennent obtenu obtiendra obtiendront obtenant obtention
detenir detient detenons detenez detiennent detenu detention
maintenir maintient maintenons maintenez maintiennent maintenu maintien
retenir retient retenons retiennent retenu retenue
contenir contient contenons contiennent contenu
soutenir soutient soutenons soutenez soutiennent soutenu soutien
venir vient venons venez viennent venu viendra
prevenir previent prevenons prevenez previennent prevenu prevention
convenir convient convenons convenez conviennent convenu
intervenir intervient interviennent intervenu intervention
provenir provient proviennent provenu provenance
devenir devient devenons deviennent devenu
parvenir parvient parvenons parviennent parvenu
supprimer suppression
ceder cession
acceder acces
conceder concession
decider decision
exclure exclut excluons excluent exclu exclusion
inclure inclut incluons incluent inclus inclusion
conclure conclut concluons concluent conclu conclusion
resoudre resout resolvons resolvent resolu resolution
produire produit produisons produisez produisent produisant production
reproduire reproduit reproduisons reproduisez reproduisent reproduisant reproduction
reduire reduit reduisons reduisent reduisant reduction
traduire traduit traduisons traduisent traduisant traduction
conduire conduit conduisons conduisent conduisant conduite
construire construit construisons construisent construction
detruire detruit detruisons detruisent destruction
introduire introduit introduisons introduisent introduction
deduire deduit deduisons deduisent deduction
interdire interdit interdisons interdisent interdiction
dire dit disons dites disent disant
lire lit lisons lisez lisent lu lecture
ecrire ecrit ecrivons ecrivez ecrivent ecriture
decrire decrit decrivons decrivez decrivent decrivant description
inscrire inscrit inscrivons inscrivez inscrivent inscription
souscrire souscrit souscrivons souscrivez souscrivent souscription
prescrire prescrit prescrivent prescription
acquerir acquiert acquerons acquerez acquierent acquis acquisition
requerir requiert requerons requerez requierent requis
offrir offre offrons offrez offrent offert offrant
ouvrir ouvre ouvrons ouvrez ouvrent ouvert ouverture
couvrir couvre couvrons couvrez couvrent couvert couverture
decouvrir decouvre decouvrons decouvrent decouvert decouverte
servir sert sers servons servez servent servi servant
consentir consent consentons consentez consentent consenti consentement
enfreindre enfreint enfreignons enfreignez enfreignent enfreignant infraction
restreindre restreint restreignons restreignent restreint restriction
atteindre atteint atteignons atteignent atteinte
joindre joint joignons joignent jonction
connaitre connait connaissons connaissez connaissent connu connaissance
reconnaitre reconnait reconnaissons reconnaissez reconnaissent reconnu reconnaissance
disparaitre disparait disparaissent disparu disparition
suivre suit suivons suivez suivent suivi
poursuivre poursuit poursuivons poursuivez poursuivent poursuivi poursuite
croire croit croyons croyez croient cru
voir voit voyons voyez voient vu
prevoir prevoit prevoyons prevoyez prevoient prevu prevision
valoir vaut valent valu valant
courir court courent couru
recourir recourt recourons recourez recourent recouru recours
agir agit agissons agissez agissent agissant action
choisir choisit choisissons choisissez choisissent choisi choix
recueillir recueille recueillons recueillez recueillent recueilli recueil
payer paie paye payons payez paient payent paye paiement payant payable
envoyer envoie envoyons envoyez envoient envoi enverra enverrons
essayer essaie essayons essayez essaient essai
employer emploie employons employez emploient emploi
renvoyer renvoie renvoyons renvoient renvoi
stocker stockage
partager partage
afficher affichage
heberger hebergement
exporter exportation export
importer importation import
transferer transfert
acheter achat
debuter debut
refuser refus
rejeter rejet rejette rejettent
retirer retrait
annuler annulation
appeler appelle appel
demander demande
publier publie publions publiez publient publication
controler controle
essentiel essentielle
"""
_FORMS = r"(?:ations?|er|e|es|ee|ees|ons|ez|ent|ant|era|eront|erons|erez|erait)"
_FAMILIES = (
    (re.compile(rf"(?<=if)(?:i|ic){_FORMS}$"), ""),
    (re.compile(rf"i(?:c(?=a)|qu){_FORMS}$"), "iq"),
    (re.compile(r"bilites?$"), "ble"),
    (re.compile(r"ivites?$"), "if"),
    (re.compile(r"ialites?$"), "iel"),
    (re.compile(r"(?<=[a-z]{3})emment$"), "ent"),
    (re.compile(r"(?<=[a-z]{3})amment$"), "ant"),
)
# Snowball keeps the ending of "nous conservons", the commonest form in terms.
_WE = re.compile(r"(?<=[a-z]{3})(?<!i)e?ons$")
_MARKER_WORDS = """
le la les des du un une et est sont dans pour par pas que qui vous nous vos votre nos notre ne sur aux avec ce
cette ces ou il elle leur leurs sans sous entre être peut peuvent doit doivent l d qu n s
"""
_MARKERS = frozenset(_MARKER_WORDS.split())
_ENGLISH_WORDS = """
the of and to in is are for by not that which you we your our with this these or it may must shall will be on an
from any all
"""
_ENGLISH_MARKERS = frozenset(_ENGLISH_WORDS.split())


@lru_cache(maxsize=1)
def _irregular() -> dict[str, str]:
    groups = [line.split() for line in _IRREGULAR_FORMS.strip().splitlines()]
    return {form: group[0] for group in groups for form in group}


@lru_cache(maxsize=50_000)
def french_stem(word: str) -> str:
    """A case-folded French word without its endings and accents; words under four letters stay whole."""
    bare = unaccented(word.replace("-", "").replace("œ", "oe"))
    if len(bare) < 4 or not bare.isascii() or word.endswith("ément"):
        return bare
    for form in _bases(bare):
        if form in _irregular():
            return _cut(_irregular()[form])
    plain = _WE.sub("er", word.replace("-", "").replace("œ", "oe"))
    family = bare
    for pattern, ending in _FAMILIES:
        family = pattern.sub(ending, family)
    return _cut(plain if family == bare else family)


def _bases(word: str) -> Iterable[str]:
    """A word, and without the endings of plural and feminine."""
    return (word, *(word.removesuffix(ending) for ending in ("s", "e", "es") if word.endswith(ending)))


def _cut(word: str) -> str:
    # A stemmer keeps the word it works on: threads cannot share one.
    shorter = unaccented(snowballstemmer.stemmer("french").stemWord(word))
    return f"{shorter[:-1]}f" if shorter[-1] == "v" else shorter


def is_french(keys: Iterable[str]) -> bool:
    """Whether the small words of a text are French rather than English ones."""
    french = english = 0
    for key in keys:
        french += key in _MARKERS
        english += key in _ENGLISH_MARKERS
    return french > english
