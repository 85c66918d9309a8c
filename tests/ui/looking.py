"""Reading a page the way assistive technology does, and finding what it would complain of."""

from collections.abc import Iterator

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollBar, QWidget

SMALLEST_TARGET = 24
"""Pixels each way (WCAG 2.2 2.5.8, X-07)."""
MOST_CHILDREN = 500
"""A table may have millions; nobody reads them all."""


def interface(widget: QWidget) -> QAccessibleInterface:
    """What assistive technology sees of a widget."""
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def name_of(widget: QWidget) -> str:
    """What it is called."""
    return interface(widget).text(QAccessible.Text.Name)


def description_of(widget: QWidget) -> str:
    """What is said about it."""
    return interface(widget).text(QAccessible.Text.Description)


def tree(top: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """It and everything in it."""
    yield top
    for at in range(min(top.childCount(), MOST_CHILDREN)):
        child = top.child(at)
        if child is not None:
            yield from tree(child)


def controls(page: QWidget) -> list[QWidget]:
    """Every visible control that the keyboard reaches."""
    return [
        widget
        for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if widget.focusProxy() is None and not isinstance(widget, QScrollBar)
    ]


def unnamed(page: QWidget) -> list[str]:
    """Controls that have no name, and nodes that can take the focus and have none (WCAG 2.2 4.1.2, X-12)."""
    silent = [repr(widget) for widget in controls(page) if not name_of(widget).strip()]
    for node in tree(interface(page)):
        state = node.state()
        if state.focusable and not state.invisible and not node.text(QAccessible.Text.Name).strip():
            silent.append(f"{node.role().name} {node.object()!r}")
    return silent


def too_small(page: QWidget) -> list[str]:
    """Controls that are hard to hit."""
    return [
        f"{name_of(widget)}: {widget.width()}x{widget.height()}"
        for widget in controls(page)
        if min(widget.width(), widget.height()) < SMALLEST_TARGET
    ]


def mislabelled(page: QWidget) -> list[str]:
    """Buttons whose visible words are not in their name (WCAG 2.2 2.5.3, X-08)."""
    return [
        f"{button.text()!r} is called {name_of(button)!r}"
        for button in page.findChildren(QAbstractButton)
        if button.isVisible() and button.text().strip().replace("&&", "&") not in name_of(button)
    ]


def tab_order(page: QWidget) -> list[QWidget]:
    """The controls in the order in which Tab goes through them, each once."""
    wanted = set(controls(page))
    order: list[QWidget] = []
    widget = page.nextInFocusChain()
    while widget is not None and widget is not page:
        if widget in wanted:
            order.append(widget)
        widget = widget.nextInFocusChain()
    return order


def words_on(page: QWidget) -> str:
    """Every visible text, as a screen reader finds it."""
    nodes = [node for node in tree(interface(page)) if not node.state().invisible]
    return "\n".join(node.text(QAccessible.Text.Name) for node in nodes)


def settle(count: int = 3) -> None:
    """Let layouts, timers without delay and deferred deletions happen."""
    for _ in range(count):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
