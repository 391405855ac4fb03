/** WebSocket framing of a server by RFC 6455, without I/O: what comes is decoded as it comes, what goes gets its header. */
@NullMarked
package org.bascule.websocket.frame;

import org.jspecify.annotations.NullMarked;
