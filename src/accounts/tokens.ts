// SPDX-License-Identifier: GPL-3.0-or-later
import { jwt } from '@elysiajs/jwt'

export interface Tokens {
  session: Purpose
  device: Purpose
  /** That somebody knew the password of a direct link. */
  link: Purpose
}

export interface Purpose {
  sign(sid: string): Promise<string>
  /** What was signed for this purpose with this key, or null for anything else. */
  read(token: string): Promise<string | null>
}

/** Ours have 180 signs; a longer one is not worth computing a signature over. */
const longestToken = 512

/**
 * HS256 over one random name and the purpose, nothing else: role, language and expiry are in the database, where they can change. A token
 * without `exp` on purpose: a Pi starts in 1970, and a session must not die when the clock jumps to today.
 */
export function createTokens(secret: string): Tokens {
  // The plugin's own signer and verifier; the house asks for sessions in its guards and not through a decoration of every handler.
  const { signer } = jwt({ name: 'signer', secret }).decorator

  function purpose(audience: string): Purpose {
    return {
      sign: (sid) => signer.sign({ sid, aud: audience, iat: false }),
      async read(token) {
        if (token.length > longestToken) return null
        // Left alone, `verify` takes any HS algorithm and tokens without claims.
        const claims = await signer.verify(token, { algorithms: ['HS256'], audience, requiredClaims: ['sid', 'aud'] })
        return claims && typeof claims.sid === 'string' ? claims.sid : null
      },
    }
  }

  return { session: purpose('pichat session'), device: purpose('pichat device'), link: purpose('pichat link') }
}
