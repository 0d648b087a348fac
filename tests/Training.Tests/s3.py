"""As much of S3 as verify.py asks of it, over HTTP on loopback: lists of objects in pages, and objects."""
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class S3:
    """A bucket named `bucket` that holds the files of a folder."""

    def __init__(self, root, page):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                url = urlsplit(self.path)
                key = unquote(url.path).removeprefix("/bucket").lstrip("/")
                body = listing(root, parse_qs(url.query), page) if not key else (root / key).read_bytes()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def listing(root, query, page):
    prefix, after = query.get("prefix", [""])[0], query.get("continuation-token", [""])[0]
    found = sorted((str(path.relative_to(root)), path.stat().st_size) for path in root.rglob("*") if path.is_file())
    left = [(key, size) for key, size in found if key.startswith(prefix) and key > after]
    shown = "".join(f"<Contents><Key>{key}</Key><Size>{size}</Size></Contents>" for key, size in left[:page])
    more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{left[page - 1][0]}</NextContinuationToken>" if len(left) > page else ""
    return f'<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{shown}{more}</ListBucketResult>'.encode()
