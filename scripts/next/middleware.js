import { NextResponse } from 'next/server';

export function middleware(request) {
  return request.nextUrl.pathname.startsWith('/admin') ? new NextResponse('denied', { status: 403 }) : NextResponse.next();
}

export const config = { matcher: ['/', '/admin'] };
