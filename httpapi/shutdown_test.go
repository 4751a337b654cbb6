package httpapi_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"testing"

	"kula/httpapi"
	"kula/httpapi/client"
	"kula/protocol"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	return l
}

// numbered is a bundle like no other.
func numbered(n int) []byte {
	var h protocol.Hash
	binary.BigEndian.PutUint64(h[:], uint64(n))
	return protocol.NewBundle(testNetwork, &protocol.Ack{Entry: h}).Encode()
}

// serving starts Serve; stop ends its context, and ended is closed when it has returned.
func serving(t *testing.T, bank *watched) (url string, stop context.CancelFunc, ended chan struct{}) {
	t.Helper()
	server, err := httpapi.New(config(bank))
	ok(t, err)
	wallets := listen(t)
	ctx, stop := context.WithCancel(context.Background())
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(ctx, wallets, listen(t)); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { stop(); <-ended })
	return "http://" + wallets.Addr().String(), stop, ended
}

func TestCrashShutdownAnswersWhatItAccepted(t *testing.T) {
	bank := openBank(t)
	bank.hold = make(chan struct{})
	url, stop, ended := serving(t, bank)
	const many = 20
	answers := make(chan error, many)
	for n := range many {
		c, err := client.New(url, testNetwork, client.Options{})
		ok(t, err)
		go func() {
			_, err := c.Sync(context.Background(), numbered(n), 0, nil)
			answers <- err
		}()
	}
	for range many {
		<-bank.inside
	}
	stop()
	late, err := client.New(url, testNetwork, client.Options{})
	ok(t, err)
	for { // once the listener is closed nothing new comes in
		if _, _, err := late.Charter(context.Background()); errors.Is(err, client.ErrOffline) {
			break
		}
	}
	select {
	case <-ended:
		t.Fatal("Serve returned while requests were being answered")
	default:
	}
	close(bank.hold)
	for range many {
		if err := <-answers; err != nil {
			t.Errorf("an accepted request was lost: %v", err)
		}
	}
	<-ended
}

func TestCrashShutdownUnderLoadLosesNothing(t *testing.T) {
	bank := openBank(t)
	url, stop, ended := serving(t, bank)
	var done sync.WaitGroup
	for worker := range 8 {
		done.Go(func() {
			c, err := client.New(url, testNetwork, client.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			for n := worker; ; n += 8 {
				bundle := numbered(n)
				_, err := c.Sync(context.Background(), bundle, 0, nil)
				if times := bank.times(protocol.Digest(bundle)); (err == nil) != (times > 0) {
					t.Errorf("bundle %d: the wallet was told %v, the bank took it %d times", n, err, times)
				}
				if err != nil {
					if client.CodeOf(err) != "" {
						t.Errorf("bundle %d was refused: %v", n, err)
					}
					return
				}
			}
		})
	}
	for range 200 {
		<-bank.inside
	}
	stop()
	<-ended
	done.Wait()
}

func TestServeEndsWhenAListenerBreaks(t *testing.T) {
	server, err := httpapi.New(config(openBank(t)))
	ok(t, err)
	broken, other := listen(t), listen(t)
	broken.Close()
	if err := server.Serve(context.Background(), broken, other); err == nil {
		t.Error("a listener that is closed was served on")
	}
	if _, err := net.Dial("tcp", other.Addr().String()); err == nil {
		t.Error("the other listener is still open")
	}
}
