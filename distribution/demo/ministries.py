"""The letters of five ministries in the demo's months of history: who sends what to whom, when, and what becomes of it.

All subjects and people are invented. Days are working days: `ago` before today, `due` after the dispatch.
"""

from dataclasses import dataclass

from agencies.models import AgencyKind
from circulars.models import Purpose, Urgency

FREQUENTLY, RARELY = 0.3, 0.08
"""Shares of the recipients that pass a letter on."""


@dataclass(frozen=True)
class To:
    """One or more lines of a distribution list: a class of units, or the governorships of some provinces by name."""

    kind: str = ""
    template: str = ""
    plates: str = ""
    purpose: Purpose = Purpose.ACTION


@dataclass(frozen=True)
class Sender:
    """Who sends and signs the letters of an issuer. `from_us` is how the letters name it."""

    code: str
    username: str
    signatory: str
    titles: str
    from_us: str


@dataclass(frozen=True)
class MinistryLetter:
    """One letter. `corrected` and `withdrawn` are working days after the dispatch."""

    sender: Sender
    ago: int
    subject: str
    body: str
    to: tuple[To, ...]
    urgency: Urgency = Urgency.NORMAL
    due: int | None = None
    attachment: str = ""
    passed_on: float = 0.0
    file_plan: str = "010.06.02"
    corrected: int | None = None
    change: str = ""
    withdrawn: int | None = None
    why: str = ""


DEPUTY_MINISTER = "Bakan a.\nBakan Yardımcısı"
CSGB = Sender("ministry-calisma", "csgb.gonderen", "Derya ÖRNEKSU", DEPUTY_MINISTER, "Bakanlığımızca")
ISGUCU = Sender(
    "calisma-uluslararasi-isgucu", "isgucu.gonderen", "Nehir AKSUVEREN",
    "Bakan a.\nUluslararası İşgücü Genel Müdürü", "Genel Müdürlüğümüzce",
)  # fmt: skip
ICISLERI = Sender(
    "ministry-icisleri", "icisleri.gonderen", "Kaan ÖRNEKDAĞ", DEPUTY_MINISTER, "Bakanlığımızca"
)
SAGLIK = Sender("ministry-saglik", "saglik.gonderen", "Sedef TEMSİLHAN", DEPUTY_MINISTER, "Bakanlığımızca")
MEB = Sender("ministry-milli-egitim", "meb.gonderen", "Alper ÖRNEKIRMAK", DEPUTY_MINISTER, "Bakanlığımızca")
CEVRE = Sender("ministry-cevre", "cevre.gonderen", "Tuna ÖRNEKOĞLU", DEPUTY_MINISTER, "Bakanlığımızca")

GOVERNORSHIPS = To(AgencyKind.GOVERNORSHIP)
FOR_GOVERNORSHIPS = To(AgencyKind.GOVERNORSHIP, purpose=Purpose.INFORMATION)
FOR_MINISTRIES = To(AgencyKind.MINISTRY, purpose=Purpose.INFORMATION)
METROPOLITAN, MUNICIPALITIES = To(AgencyKind.METROPOLITAN_MUNICIPALITY), To(AgencyKind.MUNICIPALITY)
EMPLOYMENT = To(template="Çalışma ve İş Kurumu İl Müdürlüğü")
SOCIAL_SECURITY = To(template="Sosyal Güvenlik İl Müdürlüğü")
HEALTH, SCHOOLS = To(template="İl Sağlık Müdürlüğü"), To(template="İl Millî Eğitim Müdürlüğü")
DISASTERS, POLICE = To(template="İl Afet ve Acil Durum Müdürlüğü"), To(template="İl Emniyet Müdürlüğü")
GENDARMERIE, MIGRATION = To(template="İl Jandarma Komutanlığı"), To(template="İl Göç İdaresi Müdürlüğü")
REGISTRY = To(template="İl Nüfus ve Vatandaşlık Müdürlüğü")
ENVIRONMENT = To(template="Çevre, Şehircilik ve İklim Değişikliği İl Müdürlüğü")
TRADE, INDUSTRY = To(template="Ticaret İl Müdürlüğü"), To(template="Sanayi ve Teknoloji İl Müdürlüğü")
CULTURE = To(template="İl Kültür ve Turizm Müdürlüğü")
LARGE_PROVINCES = To(
    plates="01 06 07 09 10 16 20 21 25 26 27 31 33 34 35 38 41 42 44 45 46 47 48 52 54 55 61 63 65"
)
BORDER_AND_COAST = To(plates="01 04 07 08 09 10 17 22 27 30 31 33 35 36 39 47 48 53 55 61 63 65 73 75 76 79")
COAST = To(plates="01 07 08 09 10 16 17 22 28 31 33 34 35 37 39 41 48 52 53 54 55 57 59 61 67 74 77 81")

TIMED, URGENT = Urgency.TIMED, Urgency.URGENT

LETTERS = (
    # Çalışma ve Sosyal Güvenlik Bakanlığı
    MinistryLetter(
        ISGUCU, 121, "Çalışma İzni Muafiyeti Başvurularının Değerlendirilmesi",
        "Çalışma izni muafiyeti kapsamındaki başvurularda istenen belgelerin iller arasında farklılık gösterdiği, bu"
        " durumun başvuruların sonuçlandırılmasını geciktirdiği anlaşılmıştır.\n"
        "Uygulama birliğinin sağlanması için hazırlanan belge listesi ekte gönderilmiştir.",
        (EMPLOYMENT, FOR_GOVERNORSHIPS), attachment="Belge Listesi",
    ),
    MinistryLetter(
        CSGB, 106, "Mevsimlik Tarım İşçileri Eylem Planı İl Raporları",
        "Mevsimlik tarım işçilerinin barınma, ulaşım, sağlık ve eğitim şartlarının iyileştirilmesine yönelik eylem"
        " planının uygulanmasına ilişkin il raporlarının hazırlanmasına ihtiyaç duyulmaktadır.\n"
        "İl raporlarının ekteki forma göre düzenlenerek belirtilen süre içinde gönderilmesi gerekmektedir.",
        (GOVERNORSHIPS,), TIMED, 10, "İl Raporu Formu", FREQUENTLY, "045.01",
    ),
    MinistryLetter(
        ISGUCU, 94, "Nitelikli Yabancı İşgücü İhtiyaç Araştırması",
        "Sanayinin ihtiyaç duyduğu nitelikli yabancı işgücünün belirlenmesi amacıyla seçilen illerde bir araştırma"
        " yürütülecektir.\nAraştırma ekiplerine il düzeyinde gerekli kolaylığın gösterilmesi gerekmektedir.",
        (LARGE_PROVINCES, FOR_MINISTRIES),
    ),
    MinistryLetter(
        CSGB, 82, "İş Sağlığı ve Güvenliği Haftası Etkinlikleri",
        "İş Sağlığı ve Güvenliği Haftası kapsamında illerde yapılacak etkinliklerin işçi ve işveren kuruluşlarıyla"
        " birlikte planlanması uygun görülmüştür.\nEtkinlik programına ilişkin esaslar ekte yer almaktadır.",
        (EMPLOYMENT, SOCIAL_SECURITY), attachment="Etkinlik Esasları",
    ),
    MinistryLetter(
        CSGB, 67, "Kayıt Dışı İstihdamla Mücadele Denetim Programı",
        "Kayıt dışı istihdamla mücadele kapsamında yılın ikinci yarısında yürütülecek denetimlerin sektör ve il"
        " bazındaki programı hazırlanmıştır.\nİl denetim takvimlerinin programa göre güncellenerek bildirilmesi"
        " gerekmektedir.",
        (SOCIAL_SECURITY, FOR_GOVERNORSHIPS), TIMED, 9, "Denetim Programı", 0.0, "663.01", corrected=2,
        change="Denetim programının ekindeki il kotaları düzeltilmiştir.",
    ),
    MinistryLetter(
        ISGUCU, 61, "Yabancı Öğrencilerin Çalışma İzinleri",
        "Yükseköğretim kurumlarında öğrenim gören yabancıların çalışma izni başvurularına ilişkin usul yenilenmiştir.\n"
        "İl müdürlüklerine yapılan müracaatlarda ekteki açıklamaların esas alınması gerekmektedir.",
        (EMPLOYMENT,), attachment="Açıklamalar",
    ),
    MinistryLetter(
        CSGB, 57, "Çocuk İşçiliğiyle Mücadele Birimlerinin Faaliyetleri",
        "İllerde kurulan çocuk işçiliğiyle mücadele birimlerinin faaliyetlerinin izlenmesine devam edilmektedir.\n"
        "Dönem içinde yürütülen çalışmaların belirtilen süre içinde bildirilmesi gerekmektedir.",
        (GOVERNORSHIPS,), TIMED, 8, "Faaliyet Formu", FREQUENTLY,
    ),
    MinistryLetter(
        ISGUCU, 53, "Yabancı Uyruklu Sağlık Personelinin Ön İzin İşlemleri",
        "Yabancı uyruklu sağlık personelinin çalışma izni başvurularında aranan ön izin belgesinin elektronik ortamda"
        " düzenlenmesine başlanmıştır.\nBasılı ön izin belgeleri bundan böyle kabul edilmeyecektir.",
        (HEALTH, FOR_GOVERNORSHIPS),
    ),
    MinistryLetter(
        ISGUCU, 47, "Ev Hizmetlerinde Çalışan Yabancıların Bildirimi",
        "Ev hizmetlerinde çalışan yabancıların sigortalılık kayıtları ile çalışma izni kayıtları arasında farklılıklar"
        " belirlenmiştir.\nListedeki kayıtların incelenerek sonucun bildirilmesi gerekmektedir.",
        (SOCIAL_SECURITY,), TIMED, 7, "Kayıt Listesi",
    ),
    MinistryLetter(
        CSGB, 43, "Gençlik İstihdam Programı Kontenjanları",
        "Gençlik istihdam programının yeni dönem kontenjanları illerin başvuru sayıları dikkate alınarak"
        " belirlenmiştir.\nKontenjanların ilanı ve başvuruların alınması uygun görülmüştür.",
        (EMPLOYMENT,), attachment="Kontenjan Listesi",
    ),
    MinistryLetter(
        CSGB, 38, "Asgari Ücret Desteği Başvurularının Sonuçlandırılması",
        "Asgari ücret desteği başvurularından incelemesi süren dosyaların ödeme dönemi kapanmadan sonuçlandırılması"
        " gerekmektedir.\nBekleyen dosya sayılarının ekteki tabloya işlenerek gönderilmesi beklenmektedir.",
        (SOCIAL_SECURITY,), TIMED, 5, "Bekleyen Dosya Tablosu",
    ),
    MinistryLetter(
        CSGB, 33, "Yetki Tespitlerinde Sigortalı Sayılarının Kontrolü",
        "Toplu iş sözleşmesi yetki tespitlerine esas sigortalı sayılarında itirazlara yol açan farklılıklar"
        " görülmüştür.\nİlinizdeki iş yerlerine ait kayıtların kontrol edilerek sonucun bildirilmesi gerekmektedir.",
        (SOCIAL_SECURITY,), TIMED, 8,
    ),
    MinistryLetter(
        ISGUCU, 28, "Geçici Koruma Altındaki Yabancıların Çalışma İzinleri",
        "Geçici koruma altındaki yabancıların çalışma izinlerine ilişkin il kotaları güncellenmiştir.\n"
        "Kotaların uygulanmasına ilişkin il değerlendirmesinin belirtilen süre içinde gönderilmesi gerekmektedir.",
        (LARGE_PROVINCES, MIGRATION), TIMED, 10, "İl Kotaları",
    ),
    MinistryLetter(
        CSGB, 25, "Meslek Hastalığı Bildirimlerinin İzlenmesi",
        "Meslek hastalığı bildirimlerinin sağlık hizmeti sunucuları ile sosyal güvenlik il müdürlükleri arasında"
        " elektronik ortamda paylaşılmasına başlanmıştır.\nUygulamaya ilişkin kılavuz ekte yer almaktadır.",
        (HEALTH, SOCIAL_SECURITY), attachment="Bildirim Kılavuzu",
    ),
    MinistryLetter(
        ISGUCU, 21, "Sınır ve Kıyı İllerinde Günübirlik Çalışma Bildirimleri",
        "Sınır ve kıyı illerinde günübirlik çalışan yabancılara ilişkin bildirimlerin tek bir kayıtta toplanması"
        " kararlaştırılmıştır.\nİllerdeki mevcut kayıtların belirtilen süre içinde aktarılması gerekmektedir.",
        (BORDER_AND_COAST,), TIMED, 9, "Kayıt Aktarım Kılavuzu", FREQUENTLY,
    ),
    MinistryLetter(
        CSGB, 16, "Sosyal Yardım Alanların İşe Yerleştirilmesi",
        "Sosyal yardım alan ve çalışabilir durumda olan kişilerin işe yerleştirilmesine ilişkin hedefler"
        " belirlenmiştir.\nİl hedeflerine ulaşma durumunun ekteki tabloya işlenerek gönderilmesi gerekmektedir.",
        (EMPLOYMENT,), TIMED, 10, "Hedef Tablosu",
    ),
    MinistryLetter(
        CSGB, 12, "İş Yeri Hekimliği Hizmetlerine İlişkin Veri Girişi",
        "İş yeri hekimliği hizmetlerine ilişkin verilerin doğruluğu, hizmetin planlanması bakımından önem"
        " taşımaktadır.\nEksik kayıtların tamamlanması ve tamamlandığının bildirilmesi gerekmektedir.",
        (EMPLOYMENT, SOCIAL_SECURITY, FOR_GOVERNORSHIPS), TIMED, 9, "Veri Girişi Kılavuzu",
    ),
    MinistryLetter(
        CSGB, 4, "Engelli İstihdamı Kontenjan Açıklarının Bildirilmesi",
        "Kamu kurum ve kuruluşları ile özel sektörde engelli istihdamına ilişkin kontenjan açıklarının il bazında"
        " belirlenmesine ihtiyaç duyulmaktadır.\nBilgilerin ekteki tabloya göre bildirilmesi gerekmektedir.",
        (EMPLOYMENT,), TIMED, 4, "Kontenjan Tablosu",
    ),
    MinistryLetter(
        ISGUCU, 2, "Uluslararası İşgücü Danışma Toplantısı Temsilcileri",
        "Uluslararası işgücü politikalarının görüşüleceği danışma toplantısına katılacak temsilcilerin belirlenmesi"
        " gerekmektedir.\nTemsilcilerin adı, soyadı ve iletişim bilgilerinin bildirilmesi beklenmektedir.",
        (To(AgencyKind.MINISTRY), LARGE_PROVINCES), TIMED, 3, "Temsilci Bildirim Formu",
    ),
    MinistryLetter(
        ISGUCU, 1, "Çalışma İzni Başvuru Sisteminde Planlı Bakım",
        "Çalışma İzni Başvuru Sistemi'nde hafta sonu yapılacak bakım nedeniyle süreli işlemlerin bakımdan önce"
        " tamamlanması zorunludur.\nBekleyen başvuruların derhâl sonuçlandırılması gerekmektedir.",
        (EMPLOYMENT, FOR_GOVERNORSHIPS), URGENT,
    ),
    # İçişleri Bakanlığı
    MinistryLetter(
        ICISLERI, 114, "İl Afet Risk Azaltma Planlarının Güncellenmesi",
        "İl afet risk azaltma planlarının, geçen yılın gerçekleşmeleri ve il risk haritaları dikkate alınarak"
        " güncellenmesi gerekmektedir.\nGüncellenen planların vali onayı ile gönderilmesi beklenmektedir.",
        (GOVERNORSHIPS, DISASTERS), TIMED, 20, "Plan Şablonu", RARELY, "952.01",
    ),
    MinistryLetter(
        ICISLERI, 78, "Göç İdaresi Veri Kalitesi Çalışması",
        "Yabancılara ait adres ve iletişim bilgilerinin güncelliğine ilişkin veri kalitesi çalışması başlatılmıştır.\n"
        "Eksik ve mükerrer kayıtların düzeltilerek sonucun bildirilmesi gerekmektedir.",
        (MIGRATION,), TIMED, 12, "Eksik Kayıt Listesi",
    ),
    MinistryLetter(
        ICISLERI, 61, "Okul Çevrelerinde Güvenlik Tedbirleri",
        "Okul giriş ve çıkış saatlerinde okul çevrelerinde alınan güvenlik ve trafik tedbirlerinin gözden geçirilmesine"
        " ihtiyaç duyulmuştur.\nEksik görülen tedbirlerin derhâl alınması gerekmektedir.",
        (GOVERNORSHIPS, POLICE, GENDARMERIE), URGENT, None, "", RARELY,
    ),
    MinistryLetter(
        ICISLERI, 42, "Nüfus Hizmetlerinde Kişisel Verilerin Korunması",
        "Nüfus hizmetlerinin yürütülmesinde kişisel verilerin korunmasına ilişkin rehber güncellenmiştir.\n"
        "Rehberin personele duyurulması ve hizmet içi eğitim programına alınması uygun görülmüştür.",
        (REGISTRY,), attachment="Kişisel Verilerin Korunması Rehberi",
    ),
    MinistryLetter(
        ICISLERI, 17, "Kara Yolu Trafik Denetimlerinin Artırılması",
        "Son haftalarda artan yağışlar nedeniyle kara yolu trafik denetimlerinin artırılması kararlaştırılmıştır.\n"
        "Riskli güzergâhlarda gerekli tedbirlerin derhâl alınması gerekmektedir.",
        (GOVERNORSHIPS, POLICE), URGENT, None, "", RARELY,
    ),
    MinistryLetter(
        ICISLERI, 10, "Muhtarlık Bilgi Sistemi Veri Girişi",
        "Mahalle ve köy muhtarlıklarına ait bilgilerin Muhtarlık Bilgi Sistemi'ne girişi tamamlanmamıştır.\n"
        "Eksik bilgilerin kaymakamlıklar aracılığıyla belirtilen süre içinde girilmesi gerekmektedir.",
        (GOVERNORSHIPS,), TIMED, 8, "Eksik Bilgi Listesi", FREQUENTLY,
    ),
    MinistryLetter(
        ICISLERI, 2, "Acil Çağrı Merkezlerinin Kapasite Bildirimi",
        "Acil çağrı merkezlerinin personel ve donanım kapasitesine ilişkin bilgilerin güncellenmesine ihtiyaç"
        " duyulmaktadır.\nBilgilerin ekteki forma göre bildirilmesi gerekmektedir.",
        (GOVERNORSHIPS,), TIMED, 5, "Kapasite Bildirim Formu", RARELY,
    ),
    # Sağlık Bakanlığı
    MinistryLetter(
        SAGLIK, 109, "Aile Sağlığı Merkezlerinin Fiziki Durumu",
        "Aile sağlığı merkezlerinin fiziki durumuna ilişkin tespitlerin yatırım programına esas olmak üzere"
        " güncellenmesi gerekmektedir.\nTespitlerin ekteki forma işlenerek gönderilmesi beklenmektedir.",
        (HEALTH,), TIMED, 15, "Tespit Formu", 0.0, "842.01",
    ),
    MinistryLetter(
        SAGLIK, 71, "Evde Sağlık Hizmetleri Birimlerinin Kapasitesi",
        "Evde sağlık hizmetlerine artan talebin karşılanabilmesi için birimlerin ekip ve araç kapasitesi yeniden"
        " değerlendirilecektir.\nKapasite bilgilerinin belirtilen süre içinde gönderilmesi gerekmektedir.",
        (HEALTH,), TIMED, 10, "Kapasite Tablosu",
    ),
    MinistryLetter(
        SAGLIK, 57, "Halk Sağlığı Laboratuvarlarının Cihaz Envanteri",
        "Halk sağlığı laboratuvarlarında kullanılan cihazların envanteri yenilenecektir.\n"
        "Envanter bilgilerinin ekteki listeye göre bildirilmesi gerekmektedir.",
        (HEALTH,), TIMED, 10, "Cihaz Listesi", withdrawn=2,
        why="Envanter, Malzeme Kaynakları Yönetim Sistemi üzerinden alınacağından yazıya gerek kalmamıştır.",
    ),
    MinistryLetter(
        SAGLIK, 34, "Ambulans İstasyonlarının Yeniden Planlanması",
        "Ambulans istasyonlarının yerleri, vakalara ulaşma süreleri dikkate alınarak yeniden planlanacaktır.\n"
        "İl planlama kurulunun önerilerinin harita üzerinde işaretlenerek gönderilmesi gerekmektedir.",
        (GOVERNORSHIPS, HEALTH), TIMED, 8, "Planlama Esasları", RARELY,
    ),
    MinistryLetter(
        SAGLIK, 14, "İlaç ve Tıbbi Cihaz Stok Bildirimi",
        "Tedarikinde güçlük yaşanan ilaç ve tıbbi cihazların il stoklarının belirlenmesi zorunlu hâle gelmiştir.\n"
        "Stok bilgilerinin derhâl Stok Takip Sistemi'ne girilmesi gerekmektedir.",
        (HEALTH,), URGENT,
    ),
    MinistryLetter(
        SAGLIK, 11, "Okul Çağı Çocuklarında Ağız ve Diş Sağlığı Taraması",
        "Okul çağındaki çocuklarda ağız ve diş sağlığı taraması il sağlık müdürlükleri ile il millî eğitim"
        " müdürlüklerince birlikte yürütülecektir.\nOkul bazında tarama takviminin gönderilmesi gerekmektedir.",
        (HEALTH, SCHOOLS), TIMED, 6, "Tarama Takvimi Şablonu",
    ),
    MinistryLetter(
        SAGLIK, 6, "Hastane Afet ve Acil Durum Planı Tatbikatları",
        "Hastane afet ve acil durum planı tatbikatlarının yıl sonuna kadar tamamlanması gerekmektedir.\n"
        "Tatbikat tarihlerinin il afet ve acil durum müdürlükleriyle eş güdüm içinde belirlenerek bildirilmesi"
        " beklenmektedir.",
        (HEALTH, DISASTERS), TIMED, 6, "Tatbikat Bildirim Formu",
    ),
    # Millî Eğitim Bakanlığı
    MinistryLetter(
        MEB, 102, "Taşıma Yoluyla Eğitim İhalelerinin Takvimi",
        "Taşıma yoluyla eğitime erişim kapsamındaki ihalelerin eğitim öğretim yılı başlamadan sonuçlandırılması"
        " gerekmektedir.\nİhale takviminin ekteki tabloya işlenerek gönderilmesi beklenmektedir.",
        (SCHOOLS,), TIMED, 15, "İhale Takvimi Tablosu", 0.0, "934.02",
    ),
    MinistryLetter(
        MEB, 64, "Okul Kütüphanelerinin Zenginleştirilmesi",
        "Okul kütüphanelerinin zenginleştirilmesi çalışmalarının il halk kütüphaneleriyle iş birliği içinde"
        " yürütülmesi kararlaştırılmıştır.\nİş birliğine ilişkin esaslar ekte yer almaktadır.",
        (SCHOOLS, CULTURE), attachment="İş Birliği Esasları",
    ),
    MinistryLetter(
        MEB, 46, "Destekleme ve Yetiştirme Kursları Bilgi Girişi",
        "Destekleme ve yetiştirme kurslarına ilişkin bilgilerin e-Kurs modülüne girişinde eksiklikler tespit"
        " edilmiştir.\nEksik bilgilerin belirtilen süre içinde tamamlanması gerekmektedir.",
        (SCHOOLS,), TIMED, 6,
    ),
    MinistryLetter(
        MEB, 25, "Mesleki Eğitim Merkezi Protokolleri",
        "Mesleki eğitim merkezleri ile sektör kuruluşları arasında imzalanan protokollerin güncel listesine ihtiyaç"
        " duyulmaktadır.\nİlinizdeki protokollerin ekteki tabloya işlenerek gönderilmesi gerekmektedir.",
        (SCHOOLS, TRADE, INDUSTRY), TIMED, 6, "Protokol Tablosu",
    ),
    MinistryLetter(
        MEB, 8, "Okul Servis Araçlarının Denetimi",
        "Okul servis araçlarının ikinci dönem denetimlerinin emniyet ve jandarma birimleriyle birlikte yapılması"
        " gerekmektedir.\nDenetim sonuçlarının belirtilen süre içinde bildirilmesi beklenmektedir.",
        (GOVERNORSHIPS, SCHOOLS), TIMED, 7, "Denetim Sonuç Formu", FREQUENTLY,
    ),
    MinistryLetter(
        MEB, 1, "Özel Öğretim Kurumlarında Ücret İlanı",
        "Özel öğretim kurumlarının ücret ilanlarına ilişkin şikâyetlerin arttığı görülmüştür.\n"
        "Kurumların derhâl denetlenmesi ve sonucun bildirilmesi gerekmektedir.",
        (SCHOOLS,), URGENT,
    ),
    # Çevre, Şehircilik ve İklim Değişikliği Bakanlığı
    MinistryLetter(
        CEVRE, 75, "Sıfır Atık Belgesi Başvuruları",
        "Sıfır atık belgesi başvurularının değerlendirilmesinde uygulanacak esaslar güncellenmiştir.\n"
        "Bekleyen başvuruların sonuçlandırılarak belge sayılarının bildirilmesi gerekmektedir.",
        (ENVIRONMENT, METROPOLITAN, MUNICIPALITIES), TIMED, 12, "Değerlendirme Esasları",
    ),
    MinistryLetter(
        CEVRE, 59, "Atık Su Arıtma Tesislerinin İzlenmesi",
        "Atık su arıtma tesislerinin çıkış suyu değerlerinin sürekli izlenmesi kapsamında ölçüm cihazlarının"
        " kalibrasyon durumu sorulmaktadır.\nKalibrasyon belgelerinin belirtilen süre içinde gönderilmesi"
        " gerekmektedir.",
        (METROPOLITAN, MUNICIPALITIES), TIMED, 10,
    ),
    MinistryLetter(
        CEVRE, 49, "Kıyılarda Ruhsatsız Yapılaşma",
        "Kıyı kenar çizgisinin deniz tarafında tespit edilen ruhsatsız yapıların durumuna ilişkin bilgilerin"
        " güncellenmesi gerekmektedir.\nYapılan işlemlerin ekteki çizelgeye işlenerek bildirilmesi beklenmektedir.",
        (COAST,), TIMED, 10, "Tespit Çizelgesi", FREQUENTLY,
    ),
    MinistryLetter(
        CEVRE, 30, "Yapı Denetim Kuruluşlarının Kontrolü",
        "Yapı denetim kuruluşlarının yıl içindeki kontrollerine ilişkin sonuçların değerlendirilmesine"
        " başlanmıştır.\nKontrol tutanaklarının özetinin belirtilen süre içinde gönderilmesi gerekmektedir.",
        (ENVIRONMENT,), TIMED, 9, "Kontrol Özet Tablosu",
    ),
    MinistryLetter(
        CEVRE, 15, "Hava Kalitesi Ölçüm İstasyonlarının Bakımı",
        "Hava kalitesi ölçüm istasyonlarının bakım takvimi, istasyonların veri kaybı oranları dikkate alınarak"
        " yenilenmiştir.\nBakım ekiplerine gerekli kolaylığın sağlanması uygun görülmüştür.",
        (ENVIRONMENT, METROPOLITAN), attachment="Bakım Takvimi", corrected=2,
        change="Ekteki bakım takviminin Karadeniz illerine ilişkin tarihleri düzeltilmiştir.",
    ),
    MinistryLetter(
        CEVRE, 7, "Kentsel Dönüşüm Kira Yardımı Ödemeleri",
        "Kentsel dönüşüm kapsamında kira yardımı alan hak sahiplerinin bilgilerinin ödeme öncesinde kontrol edilmesi"
        " gerekmektedir.\nKontrol sonuçlarının belirtilen süre içinde bildirilmesi beklenmektedir.",
        (GOVERNORSHIPS, ENVIRONMENT, FOR_MINISTRIES), TIMED, 11, "Hak Sahibi Kontrol Listesi", RARELY,
    ),
)  # fmt: skip
