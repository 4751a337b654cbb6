// Tongan: a draft, to be checked by a speaker.
import type { Catalogue } from '../types';

export const errors: Catalogue['errors'] = {
  unknown:
    'Naʻe hoko ha hala ʻoku ʻikai ha lea ki ai ʻa Kula ({code}). Toe feinga. Kapau ʻe kei hoko, ʻeke ki he pangikē.',
  damaged: 'Naʻe ʻikai kakato ʻa e aʻu mai ʻa e meʻa ni. Kole ke nau toe fakahā pe ʻomi.',
  notKula: 'ʻOku ʻikai ko ha kouti eni ʻa Kula. Kole ʻa e kouti ʻoku ʻasi ʻi he telefoni ʻe taha.',
  tooBig: 'ʻOku lahi ange ʻeni ʻi ha totongi. ʻOua ʻe hoko atu: kole ha kouti foʻou.',
  update: 'Naʻe ngaohi eni ʻe ha Kula kehe. Fakafoʻou ʻa Kula ʻi he ongo telefoni, pea toe feinga.',
  wrongNetwork: 'Ko e meʻa eni ʻa ha Kula kehe, ʻikai ko hoʻou. Kole ha kouti ʻa hoʻo pangikē.',
  notGenuine: 'ʻOku loi eni. ʻOua ʻe hoko atu, pea ʻoua ʻe foaki ha meʻa.',
  moreSigners:
    'Teʻeki fakamoʻoni kotoa ʻa kinautolu kuo pau ke loto ki ai. Kole ki he totongi ke fakamoʻoni ʻa e kau kehe.',
  cheat: 'Kuo totongi tuʻo ua ha taha ʻaki e paʻanga ni. ʻOua ʻe tali. Tauhi e fakamoʻoni ki he pangikē.',
  cheatBehind: 'Kuo kākā ha taha ʻi mui he paʻanga naʻá ke maʻu. ʻAve ia ki he pangikē pea ke toki totongi ʻaki.',
  unknownBank:
    'Ko e meʻa eni mei ha pangikē ʻoku ʻikai ke ke ʻilo. ʻUluaki sikeni ʻa e kouti ʻo e pangikē ko ia, pe totongi ʻi ha founga kehe.',
  noCommonBank: 'ʻOku ʻikai hamo pangikē tatau. Totongi ʻi ha founga kehe.',
  bankNews: 'ʻOku fie maʻu ʻe he telefoni ni ha ongoongo mei he pangikē. Fetuʻutaki ki he pangikē pea toe feinga.',
  dates: 'ʻOku hala ʻa e ʻaho ʻi he telefoni ʻe taha. Fakatonu ʻa e ʻaho ni ʻi he ongo telefoni pea toe feinga.',
  payerConnect: 'Kuo fuoloa eni. Kuo pau ke ʻuluaki fetuʻutaki ki he pangikē ʻa ia ʻoku totongi.',
  payeeConnect: 'Kuo pau ke ʻuluaki fetuʻutaki ʻa e telefoni ʻe taha ki hono pangikē, pea toki lava ke totongi.',
  oldRequest: 'Kuo fuoloa ʻa e kouti ni. Kole ha kouti foʻou.',
  noName:
    'ʻOku ʻikai hā heni pe ko hai ʻoku totongi. ʻOua ʻe totongi. Ke ne fehokotaki mo ʻene pangikē, pea fakahā ha kouti foʻou.',
  stopped: 'Kuo taʻofi ʻe he pangikē ʻa e telefoni ʻe taha. ʻOua ʻe totongi ki ai, pea ʻoua ʻe tali ʻene paʻanga.',
  replaced: 'Kuo taʻofi ʻe he pangikē ʻa e telefoni ni koeʻuhi kuo fetongi ʻe ha taha. Toe kau ki he pangikē.',
  otherBank: 'Ko e meʻa eni ʻa ha pangikē kehe. Kole ha kouti ʻa hoʻo pangikē.',
  notForYou: 'Ko e meʻa eni ʻa ha taha kehe. Kole ha kouti maʻau.',
  ownCode: 'Ko hoʻo kouti pē eni ʻaʻau. Tuku ke sikeni ia ʻe he telefoni ʻe taha.',
  otherMoney: 'Ko e paʻanga kehe eni. Kole ha kouti ʻi hoʻo paʻanga.',
  amount: 'ʻOku ʻikai lava ke totongi ʻa e lahi ni. Vakai ki ai pea toe taipe.',
  smallCoin: 'ʻOku ʻikai ha sēniti siʻi pehē. Taipe ha lahi kakato.',
  perPayment: 'ʻOku lahi fau eni ki he totongi ʻe taha. Totongi fakakongokonga.',
  payerLimit: 'Kuo pau ke fetuʻutaki ki he pangikē ʻa ia ʻoku totongi pea toki totongi lahi ange.',
  notEnough: 'ʻOku ʻikai feʻunga ʻa e paʻanga. Totongi siʻi ange, pe ʻuluaki fetuʻutaki ki he pangikē.',
  paidAlready: 'Kuo ʻosi totongi eni. ʻOua ʻe toe totongi.',
  tooManyHands:
    'Kuo lahi fau ʻa e nima kuo fou ai ʻa e paʻanga ni. Kuo pau ke ʻuluaki ʻave ʻe ha taha ki he pangikē. Mahalo ʻe lava ha lahi siʻi ange.',
  tooLittleTime: 'ʻOku nounou fau ʻa e taimi ke ʻave ʻa e paʻanga ni ki he pangikē. Kole ke totongi ʻi ha founga kehe.',
  bringFirst: 'ʻUluaki ʻave ʻa e meʻa naʻá ke maʻu ki he pangikē, pe totongi siʻi ange.',
  tooLong: 'ʻOku lōloa fau eni ke ʻave. ʻUluaki ʻave ʻa e meʻa naʻá ke maʻu ki he pangikē, pe totongi siʻi ange.',
  declined: 'Naʻe ʻikai loto ʻa e tokotaha ʻe taha. ʻEke pe ko e hā hono ʻuhinga.',
  startAgain: 'Naʻe ʻikai femahinoʻaki ʻa e ongo telefoni. Toe kamata: ʻe ʻikai totongi tuʻo ua.',
  interrupted: 'Naʻe motu ʻa e fetuʻutaki. Toe feinga: ʻe ʻikai totongi tuʻo ua.',
  busy: 'ʻOku ʻikai lava ke tali mai ʻa e tafaʻaki ʻe taha. Tatali siʻi pea toe feinga.',
  nobodyThere: 'ʻOku ʻikai tali mai ha taha. ʻOku ʻi he netiueka tatau e ongo telefoni, pea ʻoku tatali ʻa e taha?',
  asFile: 'ʻOku ʻikai hao eni ʻi he fakatātā ʻe taha. ʻAve ia ko e faile.',
  noCode: 'ʻOku ʻikai ʻasi ha kouti. Puke tonu ʻa e telefoni, ʻi ha maama lelei, pea toe feinga.',
  noPurse: 'Teʻeki ke ke kau ki he pangikē ni, pe ki he paʻanga ni. ʻUluaki kau ki ai.',
  connectFirst: 'ʻOku ʻikai ha meʻa ke ke fakamole ʻi he telefoni ni. ʻUluaki fetuʻutaki ki he pangikē.',
  hasPurse: 'ʻOkú ke ʻosi kau ki he pangikē ni, ʻi he paʻanga ni. Ngāueʻaki ʻa e meʻa ʻokú ke maʻu.',
  notEmpty: 'ʻOku ʻosi ngāueʻaki ʻa Kula heni. Tānaki ha taha ʻi he telefoni ni, pea fakafoki mai ai ʻa e paʻanga.',
  falseBank: 'ʻOku ʻikai ko hoʻo pangikē ʻoku tali mai. ʻOua ʻe hoko atu: toe feinga ʻi ha netiueka kehe.',
  otherSite:
    'Ko e peesi ʻa ha pangikē kehe ʻoku tali mai. Naʻe ʻikai fakamoʻoni ʻa Kula. Sio ki he tuʻasila ʻo hoʻo pangikē.',
  couldSpend: 'Naʻe kole mai ha meʻa ʻe lava ke ne ʻave ha paʻanga. Naʻe ʻikai fakamoʻoni ʻa Kula. Tala ki he pangikē.',
  otherAccount: 'Naʻe fehuʻi ʻa e pangikē ki he ʻakauni ʻa ha taha kehe. Naʻe ʻikai fakamoʻoni ʻa Kula. Toe feinga.',
  bankTime:
    'ʻOku ʻikai tatau ʻa e taimi ʻa e pangikē mo e telefoni ni. Sio ki he ʻaho mo e taimi ʻo e telefoni ni, pea toe feinga.',
  notKnown: 'ʻOku ʻikai ʻilo ʻe he telefoni ni ʻa e totongi ko ia. Vakai ki he meʻa naʻá ke totongi mo maʻu.',
  olderThanHeld: 'ʻOkú ke ʻosi maʻu ʻa e ongoongo foʻou ange ʻo e pangikē. ʻOku ʻikai ha meʻa ke fai.',
  keyTaken: 'Kuo ʻosi ngāueʻaki ʻa e kī ʻo e telefoni ni. Toe kamata: ʻe ngaohi ʻe Kula ha kī foʻou.',
  typeAmount: 'ʻOku tuku ʻe he telefoni ʻe taha ke ke fili ʻa e lahi. Taipe ʻa e lahi ʻo hoʻo totongi.',
  overHolding:
    'ʻE lahi ange eni ʻi he meʻa ʻoku fakahinohino ʻe he pangikē ke ke toʻo. Tali ʻio pē kapau ʻokú ke loto ki ai.',
  otherDevice: 'Kuo pau ke fai eni ʻe hoʻo telefoni kehe. Toʻo ʻa e telefoni ko ia.',
  memory:
    'Kuo maumau ʻa e manatu ʻa Kula ʻi he telefoni ni. ʻOua ʻe totongi ʻaki. Fakafoki mai hoʻo paʻanga ʻaki hoʻo lea ʻe 24.',
  notEnrolled: 'Teʻeki tali ʻe he pangikē ʻa e telefoni ni. ʻUluaki fetuʻutaki ki he pangikē.',
  givenBack: 'Kuo ʻosi fakafoki eni. ʻOku ʻikai ha meʻa ke fai.',
  notRefund:
    'ʻOku ʻikai fehoanaki eni mo e totongi ko ia. Fakafoki kiate ia naʻá ne totongi koe, pea ʻoua ʻe laka ʻi he lahi naʻe totongi.',
  refusedByBank: 'Kuo ʻosi fakafisi ʻa e pangikē ki he totongi ni. ʻOku ʻikai ko ha paʻanga ia. ʻOua ʻe tali.',
  giveBack: 'Naʻe totongi tuʻo ua eni kiate koe. ʻOua ʻe fakamole: fakafoki ia.',
  bankWaits:
    'ʻOku tauhi eni ʻe he pangikē kae ʻoua kuo aʻu ʻa e paʻanga ʻa e totongi. ʻOku ʻikai fie maʻu ke toe ʻave.',
  bankWaitsPayee:
    'ʻOku tauhi eni ʻe he pangikē kae ʻoua kuo kau ʻa e telefoni ʻe taha ki he pangikē. ʻOku ʻikai fie maʻu ke toe ʻave.',
  late: 'Naʻe aʻu eni ki he pangikē hili ʻa e ʻaho fakaʻosi. ʻEke ki he pangikē, pea tauhi e fakamoʻoni.',
  bringIncome:
    'Kuo lahi ange hoʻo fakamole ʻi he meʻa kuo sio ki ai e pangikē. ʻAve ʻa e meʻa naʻá ke maʻu, pe kole kiate kinautolu naʻe totongi koe ke fetuʻutaki.',
  bringLater:
    'Kuo lahi fau ʻa e totongi ʻa e tokotaha ni ʻoku tatali ʻi he pangikē. Toe ʻave eni ʻi ha ngaahi ʻaho mei heni.',
  seeBank: 'Kuo taʻofi eni ʻe he pangikē. ʻAlu ki he pangikē mo e telefoni ni.',
  notSigned: 'ʻOku ʻikai ʻa e ʻakauni ni hoʻo ngaahi lea. Vakai ki hoʻo lea ʻe 24 pea toe feinga.',
  tryAgain: 'Naʻe fuoloa fau ia. Toe feinga.',
  feeTooLarge: 'ʻE ʻosi kotoa eni ʻi he totongi ʻa e pangikē. Toʻo ha lahi ange.',
  address: 'ʻOku ʻikai lava ke totongi ha taha ʻi he tuʻasila ni. Vakai ki ai pea toe taipe.',
  noCash: 'Teʻeki maʻu ʻe he kānitā ʻo e pangikē hoʻo paʻanga. Tatali siʻi pea toe feinga.',
  inParts: 'ʻOku lahi fau eni ʻi he taimi pē taha. ʻUluaki fetuʻutaki ki he pangikē, pea toe feinga fakakongokonga.',
  bankFault: 'Naʻe hoko ha hala heni pe ʻi he pangikē. ʻOku ʻikai mole ha meʻa: toe feinga ʻamui.',
  appFault:
    'Naʻe fehālaaki ʻa Kula. Tāpuni, fakaava pea toe feinga. Kapau ʻe kei hoko, fakafoʻou ʻa Kula pea fakahā ki he pangikē.',
  wait: 'ʻOku kole ʻe he pangikē ke ke tatali siʻi. Toe feinga ʻi ha miniti.',
  complaints: 'ʻOku lahi hoʻo ngaahi lāunga ke tali ʻe he pangikē. Te ne toki maʻu ʻeni.',
  notWritten:
    'Naʻe ʻikai lava ʻa e telefoni ke tohi ia, ko ia naʻe ʻikai totongi ha meʻa. Fakaʻataʻatā ʻa e telefoni pea toe feinga.',
  noAnswer: 'ʻOku ʻikai tali mai ʻa e pangikē. ʻOku ʻikai mole ha meʻa. Toe feinga ʻi he taimi ʻe ʻi ai ha netiueka.',
  notTheBank:
    'ʻOku fie maʻu ʻe he netiueka ni ke ke ʻuluaki hū ki ai, pe ʻoku ʻikai ko e netiueka totonu. Fakaava hono peesi, pea toe feinga.',
  twoTabs: 'ʻOku ava ʻa Kula ʻi ha matapā sio kehe ʻo e telefoni ni. Tāpuni ia, pea toe feinga.',
  noKey: 'Kuo mole ʻa e kī ʻo e telefoni ni. Fakafoki mai hoʻo paʻanga ʻaki hoʻo lea ʻe 24.',
  wrongPicture: 'ʻOku ʻikai ko e fakatātā ia. Vakai ki he telefoni ʻe taha, pe toe fakahā ʻa e kouti.',
  phoneFull: 'Kuo fonu ʻa e telefoni. Tamateʻi ha ngaahi tā pe ʻepi, pea toe feinga. Naʻe ʻikai totongi ha meʻa.',
  badBackup: 'ʻOku ʻikai ava ʻa e faile ni ʻi he ngaahi lea ni. Kumi ʻa e faile totonu, pe vakai ki he lea.',
  browserOld: 'Kuo motuʻa ʻa e polausa ni ki Kula. Fakafoʻou ia, pe ngāueʻaki ha taha kehe.',
  insecure: 'ʻOku ngāue pē ʻa Kula ʻi he tuʻasila ʻo e pangikē. Taipe ia ʻo hangē ko ia kuo paaki ʻe he pangikē.',
};
