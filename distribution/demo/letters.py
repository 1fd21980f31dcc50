"""Additional letters of the demo. Numbers contain zeros in place of a DETSİS number, so that none is invented."""

from dataclasses import dataclass
from datetime import date

from circulars.reading import ReadLetter


@dataclass(frozen=True)
class DemoLetter:
    """A letter of a ministry. `due` is in working days from today; a negative value is in the past."""

    issuer: str
    sender: str
    register: int
    subject: str
    body: str
    action: tuple[str, ...]
    information: tuple[str, ...] = ()
    urgency: str | None = None
    due: int | None = None
    days_ago: int = 3
    confirmed_in_adana: bool = False

    def as_read(self, letterhead: str, signed: date) -> ReadLetter:
        """The letter as if parsed from a file."""
        wish = "Bilgilerini ve gereğini rica ederim." if self.information else "Gereğini rica ederim."
        body = f"{self.body}\n{wish}"
        return ReadLetter(
            readable=True,
            issuer_lines=[letterhead],
            urgency=self.urgency,
            number=f"E-00000000-010.07-{self.register}",
            date=signed,
            subject=self.subject,
            addressee="DAĞITIM YERLERİNE",
            body=body,
            signatory_name="Tuna ÖRNEKOĞLU",
            signatory_title_lines=["Bakan a.", "Bakan Yardımcısı"],
            action_recipients=list(self.action),
            info_recipients=list(self.information),
            source_text=body,
        )


LETTERS = (
    DemoLetter(
        issuer="ministry-icisleri",
        sender="icisleri.gonderen",
        register=70411,
        subject="Kış Tedbirleri Hazırlık Durumu",
        body="Kış mevsiminde karayolu ulaşımının aksamaması için alınan tedbirlere ilişkin hazırlık "
        "durumunun belirtilen süre içinde bildirilmesi gerekmektedir.",
        action=(
            "Adana Valiliğine",
            "Kayseri Valiliğine",
            "Mersin Valiliğine",
            "Niğde Valiliğine",
            "Osmaniye Valiliğine",
        ),
        urgency="GÜNLÜDÜR",
        due=-1,
        days_ago=4,
    ),
    DemoLetter(
        issuer="ministry-saglik",
        sender="saglik.gonderen",
        register=31902,
        subject="Soğuk Zincir Depolarının Envanteri",
        body="İlinizde bulunan soğuk zincir depolarının güncel envanterinin belirtilen süre içinde "
        "gönderilmesi gerekmektedir.",
        action=("Adana Valiliğine", "Ankara Valiliğine", "Antalya Valiliğine", "İzmir Valiliğine"),
        urgency="GÜNLÜDÜR",
        due=1,
        days_ago=2,
    ),
    DemoLetter(
        issuer="ministry-cevre",
        sender="cevre.gonderen",
        register=55218,
        subject="Kuvvetli Yağış Uyarısı",
        body="Çukurova'da beklenen kuvvetli yağışa karşı dere yataklarında ve altgeçitlerde gerekli "
        "önlemlerin derhâl alınması gerekmektedir.",
        action=("Adana Valiliğine", "Hatay Valiliğine", "Mersin Valiliğine", "Osmaniye Valiliğine"),
        information=("İçişleri Bakanlığına",),
        urgency="ACELE",
        days_ago=1,
    ),
    DemoLetter(
        issuer="ministry-milli-egitim",
        sender="meb.gonderen",
        register=88350,
        subject="Taşımalı Eğitim Güzergâhlarının Gözden Geçirilmesi",
        body="Taşımalı eğitim güzergâhlarının ikinci dönem öncesinde gözden geçirilmesi uygun görülmüştür.",
        action=("Adana Valiliğine", "Bingöl Valiliğine", "Iğdır Valiliğine", "Şırnak Valiliğine"),
        days_ago=3,
    ),
    DemoLetter(
        issuer="ministry-ticaret",
        sender="ticaret.gonderen",
        register=12077,
        subject="Fahiş Fiyat Denetimleri",
        body="Temel gıda ürünlerinde yürütülecek denetimlere ilişkin usuller aşağıda belirtilmiştir.",
        action=("Adana Valiliğine", "Bursa Valiliğine", "İstanbul Valiliğine"),
        information=("Hazine ve Maliye Bakanlığına", "Tarım ve Orman Bakanlığına"),
        days_ago=5,
        confirmed_in_adana=True,
    ),
    DemoLetter(
        issuer="ministry-hazine",
        sender="hazine.gonderen",
        register=46633,
        subject="Kamu Taşıtlarının Yıl Sonu Sayımı",
        body="Kamu taşıtlarının yıl sonu sayımında uyulacak esaslar belirlenmiştir.",
        action=(
            "Adalet Bakanlığına",
            "Sağlık Bakanlığına",
            "Ticaret Bakanlığına",
            "Adana Valiliğine",
            "Konya Valiliğine",
        ),
        days_ago=2,
    ),
)


def draft() -> ReadLetter:
    """An incomplete draft: without a date, and addressed to a unit that the directory doesn't contain."""
    body = "Mevsimlik işlerde çalışacak yabancılara ilişkin bilgilendirme toplantıları düzenlenecektir."
    body += "\nGereğini rica ederim."
    return ReadLetter(
        readable=True,
        issuer_lines=["ÇALIŞMA VE SOSYAL GÜVENLİK BAKANLIĞI", "Uluslararası İşgücü Genel Müdürlüğü"],
        number="E-98167286-010.07-604402",
        subject="Mevsimlik İşler Bilgilendirme Toplantıları",
        addressee="DAĞITIM YERLERİNE",
        body=body,
        signatory_name="Nehir AKSUVEREN",
        signatory_title_lines=["Bakan a.", "Uluslararası İşgücü Genel Müdürü"],
        action_recipients=["Antalya Valiliğine", "Muğla Valiliğine", "Akdeniz Turizm Birliği Başkanlığına"],
        source_text=body,
    )
