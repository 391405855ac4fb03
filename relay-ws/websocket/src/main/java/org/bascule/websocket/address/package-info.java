/** Addresses of whoever connects, as limits see them. No name is ever resolved. */
@NullMarked
package org.bascule.websocket.address;

import org.jspecify.annotations.NullMarked;
