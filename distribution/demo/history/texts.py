"""Notes, answers and reasons written by the people of the history."""

from distribution.models import ReturnGround

NOTES = ("", "", "Gereğini rica ederim.", "Bilgi formunu doldurarak tarafımıza iletiniz.")
ANSWERS = ("", "Çalışmalar tamamlanmış, bilgi formu gönderilmiştir.", "Gerekli duyuru yapılmıştır.")
NOT_OURS = "Konu birimimizin görev alanına girmemektedir."
RETURN_REASONS = {
    ReturnGround.NOT_ADDRESSEE: "Yazının muhatabı birimimiz değildir.",
    ReturnGround.NOT_FIT: "Yazının eki açılamamaktadır.",
}
WANTED_BECAUSE = "İlçelerden gelecek veriler henüz tamamlanmamıştır."
REFUSED_BECAUSE = "Veriler Bakanlık makamına sunulacağından süre uzatılamamaktadır."
BOUNCE = "550 5.1.1 Kullanıcı bulunamadı"
