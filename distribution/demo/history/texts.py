"""Notes, answers and reasons written by the people of the history."""

from distribution.models import CallOutcome, ReturnGround

NOTES = (
    "",
    "",
    "Gereğini rica ederim.",
    "Bilgi formunu doldurarak tarafımıza iletiniz.",
    "Sorumluluk alanınıza giren hususların Valiliğimize bildirilmesi rica olunur.",
)
ANSWERS = (
    "",
    "",
    "Çalışmalar tamamlanmış, bilgi formu gönderilmiştir.",
    "Gerekli duyuru yapılmıştır.",
    "Talep edilen bilgiler birimlerimizden derlenerek sisteme girilmiştir.",
    "İlgili birimlere bilgi verilmiş, uygulamaya başlanmıştır.",
)
NOT_OURS = "Konu birimimizin görev alanına girmemektedir."
RETURN_REASONS = {
    ReturnGround.NOT_ADDRESSEE: (
        "Yazının muhatabı birimimiz değildir.",
        "Konu, ilimizde başka bir müdürlüğün görev alanındadır.",
    ),
    ReturnGround.NOT_FIT: (
        "Yazının eki açılamamaktadır.",
        "Yazıda belirtilen ek, elektronik ortamda bulunmamaktadır.",
    ),
}
BELONGS_TO_YOU = (
    "Konu mevzuat gereği biriminizin görev alanındadır; gereğinin yapılması rica olunur.",
    "Ek yenilenmiştir; yazının bu hâliyle işleme alınması rica olunur.",
)
WANTED_BECAUSE = (
    "İlçelerden gelecek veriler henüz tamamlanmamıştır.",
    "Konuya ilişkin komisyon toplantısı gelecek haftaya ertelenmiştir.",
    "Bilgi sistemindeki arıza nedeniyle kayıtlar süresinde alınamamıştır.",
    "Sorumlu personelin geçici görevlendirmesi nedeniyle çalışma gecikmiştir.",
)
REFUSED_BECAUSE = "Veriler Bakanlık makamına sunulacağından süre uzatılamamaktadır."
REFUSED_BY_SERVER = "554 5.7.1 İleti, alıcı sunucusunun ilkesi gereği reddedildi"
MAILBOX_FULL = "552 5.2.2 Posta kutusu dolu"

CALLS = {
    CallOutcome.REACHED: (
        "Evrak birimiyle görüşüldü, yazının ilgili şubede olduğu öğrenildi.",
        "Şube müdürüyle görüşüldü; cevap yazısı imzada.",
        "Yazının sistemde görüldüğü, teyidin bugün verileceği söylendi.",
    ),
    CallOutcome.NOT_REACHED: ("", "", "Telefon açılmadı.", "Santralden bağlanılamadı."),
    CallOutcome.PROMISED: (
        "İlçelerden gelecek bilgiler bekleniyor.",
        "Sorumlu personel izinden dönünce tamamlanacak.",
        "",
    ),
    CallOutcome.WRONG_NUMBER: ("Numara başka bir kuruma ait.", "Numara kullanılmıyor."),
    CallOutcome.NOT_THEIRS: ("Konunun başka müdürlüğün görevi olduğu belirtildi, iade edecekler.",),
}
REPLIES = (
    "Sayın ilgili, yazınız kayda alınmış olup ilgili şubeye iletilmiştir. Bilgilerinize sunarız.",
    "Merhaba, yazının ekindeki dosyayı açamadık. Yeniden gönderebilir misiniz? Teşekkür ederiz.",
    "İlgi yazınıza konu bilgiler hazırlanmaktadır, hafta sonuna kadar sistem üzerinden cevaplanacaktır.",
    "Bu konudaki iletişim adresimiz değişmiştir. Yazıların genel evrak adresimize gönderilmesini rica ederiz.",
)
AWAY = "Yıllık izinde olmam nedeniyle e-postanıza şu an cevap veremiyorum. Acil konularda birimimizi arayabilirsiniz."
REPORT = (
    "İletiniz aşağıdaki alıcıya teslim edilemedi. Uzak sunucunun yanıtı: 550 5.4.1 Alıcı adresi reddedildi: erişim"
    " engellendi."
)
