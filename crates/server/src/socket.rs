//! A connection's socket, which records its traffic.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::open_connections::OpenConnection;

/// A TCP stream that records its activity.
pub(super) struct Socket {
    stream: TcpStream,
    open: Arc<OpenConnection>,
    shut: bool,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, open: Arc<OpenConnection>) -> Self {
        Self { stream, open, shut: false }
    }

    fn note_write<T>(&self, written: Poll<T>) -> Poll<T> {
        match written {
            Poll::Pending => self.open.activity.write_blocked(),
            Poll::Ready(_) => self.open.activity.written(),
        }
        written
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.open.activity.received();
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note_write(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note_write(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    /// Closes the writing half. Further input of a client in the middle of a request is then read and discarded, up to
    /// [`ServerLimits::linger`](super::ServerLimits::linger): closing with unread bytes resets the connection, and the
    /// client would lose the error response (RFC 9112 9.6).
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = &mut *self;
        if !socket.shut {
            let may_be_sending = socket.open.activity.may_be_sending();
            ready!(Pin::new(&mut socket.stream).poll_shutdown(cx))?;
            if !may_be_sending {
                return Poll::Ready(Ok(()));
            }
            socket.shut = true;
            socket.open.activity.closing();
        }
        let mut discarded = [0; 8192];
        loop {
            let mut buffer = ReadBuf::new(&mut discarded);
            ready!(Pin::new(&mut socket.stream).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
