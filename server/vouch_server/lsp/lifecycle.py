"""initialize to exit: what the client can do, what it trusts, and the end of everything we started."""

from lsprotocol import types

from vouch_server.lsp import completion, configuration, from_lsp, watching
from vouch_server.lsp.connection import VouchServer

NOT_TOLD = (
    "Vouch starts nothing until its client says that the workspace may be trusted: "
    "set trusted to true in the initialization options."
)


def initialize(server: VouchServer, params: types.InitializeParams) -> None:
    session = server.session
    session.folders = from_lsp.folders(params)
    session.encoding = from_lsp.encoding(params.capabilities)
    document = params.capabilities.text_document
    if document is None or document.inline_completion is None:
        # Registered only now, so that only clients that need the fallback see it.
        server.feature(types.TEXT_DOCUMENT_COMPLETION, completion.OPTIONS)(completion.completion)
    options = params.initialization_options
    # Messages are for after initialisation; until then the client may not take them.
    server.problems = configuration.begin(server, options if isinstance(options, dict) else {})


async def initialized(server: VouchServer, params: types.InitializedParams) -> None:
    session = server.session
    session.tell_standing()
    configuration.complain(server, server.problems)
    if server.trust_unknown:
        message = types.ShowMessageParams(type=types.MessageType.Info, message=NOT_TOLD)
        server.window_show_message(message)
    session.background(watching.register(server))


def did_change_folders(server: VouchServer, params: types.DidChangeWorkspaceFoldersParams) -> None:
    session = server.session
    gone = {from_lsp.path(it.uri) for it in params.event.removed}
    come = [from_lsp.path(it.uri) for it in params.event.added]
    session.folders = [it for it in session.folders if it not in gone] + come
    session.stop_everything()
    for root in gone:
        session.background(session.workshop.close_workbench(root))


async def shutdown(server: VouchServer, _: None) -> None:
    """Close all we started before answering: a client may kill us right afterwards."""
    server.exit_code = 0
    await server.aclose()


def leave(server: VouchServer, _: None) -> None:
    server.exited.set()
