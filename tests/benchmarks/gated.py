"""One server of the benchmark of the gate: a script behind the gate or before nobody, on a port.

python -m tests.benchmarks.gated SCRIPT PORT gated|plain
"""

import os
import sys
from pathlib import Path


def main(script: Path, port: int, kind: str) -> None:
    import streamlit as st
    from starlette.middleware import Middleware

    from dashboard.gate.middleware import Gate
    from dashboard.gate.routes import routes
    from dashboard.server.app import open_up
    from dashboard.server.headers import guards
    from dashboard.server.serving import server_options

    is_gated = kind == "gated"
    os.environ["GATED"] = "1" if is_gated else ""
    app = st.App(
        script,
        lifespan=open_up,
        middleware=[*guards(), Middleware(Gate)] if is_gated else [],
        routes=routes() if is_gated else [],
    )
    app.run(config={**server_options(), "server.port": port, "server.address": "127.0.0.1"})


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), int(sys.argv[2]), sys.argv[3])
