"""The digest of a week or a day as a page and in every other form: for anybody, and by the secret of a subscription."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from alerts.digests.pages import inside_html
from alerts.digests.proof import document
from alerts.digests.values import Known
from alerts.language import speaking
from alerts.week import Week, parse_period
from store.feeds import subscription_of_feed
from store.interests import InvalidSubscription
from store.subscriptions import NoSuchSubscription
from tocsin import asked
from tocsin.digesting import MEDIA, Form, Wish, of_filters, of_subscription, written
from tocsin.web.by_secret import private
from tocsin.web.room import Room

_FORM, _CUT = "format", "as_known"
_FILTERS = ("timezone", "publisher", "product", "territory")
_ENDINGS = {Form.TEXT: "txt", Form.HTML: "html", Form.PDF: "pdf", Form.JSON: "json"}


def routes(room: Room) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/digest")
    def newest() -> Response:
        return RedirectResponse(f"/digest/{Week.of(room.clock(), 'UTC').before()}", 307)

    @router.get("/digest/{period}")
    def public(period: str, request: Request) -> Response:
        given = asked.parameters(request.query_params.multi_items(), (*_FILTERS, _FORM, _CUT))
        code = asked.territory(given.get("territory"))
        zone = given.get("timezone", "UTC")
        try:
            wish = of_filters(parse_period(period), zone, given.get("publisher"), given.get("product"), code)
        except InvalidSubscription as error:
            raise asked.BadParameter("timezone", zone, "write an IANA name such as Europe/Paris") from error
        return _answer(room, wish, given, "/digest")

    @router.get("/digest/{secret}/{period}")
    def own(secret: str, period: str, request: Request) -> Response:
        given = asked.parameters(request.query_params.multi_items(), (_FORM, _CUT))
        with room.database.read() as session:
            mine = subscription_of_feed(session, secret)
        if mine.ended_at is not None:
            raise NoSuchSubscription("this subscription has ended")
        return private(_answer(room, of_subscription(mine, parse_period(period)), given, f"/digest/{secret}"))

    return router


def _answer(room: Room, wish: Wish, given: Mapping[str, str], folder: str) -> Response:
    known = Known(asked.choice(_CUT, given.get(_CUT), tuple(Known)) or Known.THEN)
    form = asked.choice(_FORM, given.get(_FORM), tuple(Form))
    with room.database.read() as session, speaking(wish.locale):
        digest = wish.compiled(session, known, room.clock())
        if form:
            return _file(written(digest, Form(form), room.base_url), Form(form), digest.period)
        words = document(digest, room.base_url or "/")
        ways = _Ways(folder, wish, given)
        return room.page("digest.html", {"words": words, "inside": inside_html(words), "digest": digest, "ways": ways})


def _file(said: bytes, form: Form, period: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="tocsin-{period}.{_ENDINGS[form]}"'}
    return Response(said, media_type=MEDIA[form], headers=headers)


@dataclass(frozen=True, slots=True)
class _Ways:
    """Addresses of the same digest otherwise: in another form, as known at another cut, of the periods beside it."""

    folder: str
    wish: Wish
    given: Mapping[str, str]

    @property
    def before(self) -> str:
        return self._to(str(self.wish.period.before()), {})

    @property
    def after(self) -> str:
        return self._to(str(self.wish.period.after()), {})

    def known(self, cut: str) -> str:
        return self._to(str(self.wish.period), {_CUT: cut})

    def form(self, form: str) -> str:
        return self._to(str(self.wish.period), {_FORM: form})

    def _to(self, period: str, other: Mapping[str, str]) -> str:
        query = urlencode({name: value for name, value in {**self.given, **other}.items() if name != _FORM or other})
        return f"{self.folder}/{period}" + (f"?{query}" if query else "")
